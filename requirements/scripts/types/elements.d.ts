/** Our elements, by what others call of them. */
type Item = import('../../../static/js/crypto/documents.js').Item;
type Offer = import('../../../static/js/vault/vault-drafts.js').Offer;
type Problem = import('../../../static/js/vault/read-export.js').Problem;
type EpochKey = import('../../../static/js/crypto/documents.js').EpochKey;

interface HTMLElementTagNameMap {
  'bring-in': HTMLElement & {
    clear(): void;
    show(items: Item[], problems: Problem[], keys?: EpochKey[], remarks?: Problem[]): Promise<void>;
  };
  'copy-button': HTMLElement & { read?: () => string };
  'draft-offers': HTMLElement & { show(offers: Offer[]): void; beside(form: Element, offer: Offer): void };
  'item-form': HTMLElement & {
    readonly item: Item;
    readonly alert: HTMLElement;
    read(): Item;
    show(item: Item | null, kind: string): void;
    goOn(fields: Record<string, string>): void;
    tellDraft(isKept: boolean, words: string): void;
  };
  'item-list': HTMLElement & {
    show(items: Item[], current: string | null, drafts?: Offer[]): void;
    mark(id: string | null): void;
  };
  'item-view': HTMLElement & { show(item: Item): void };
  'key-file': HTMLElement & { read(): Promise<import('../../../static/js/crypto/organisation-keys.js').KeyFile> };
  'kit-input': HTMLElement & {
    clear(): void;
    read(): Promise<{ identity: string; recipient: string; number: number | null; organisationKey?: string }>;
  };
  'voice-check': HTMLElement & { ask(approver?: string): void };
}
