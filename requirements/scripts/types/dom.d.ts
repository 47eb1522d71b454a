/**
 * The browser as static/js meets it, where TypeScript’s own description is too wide, or too narrow, to be of use.
 *
 * Elements are looked up in markup that our templates made: `querySelector` is taken to find what it looks for, as a test
 * of each page shows. Whoever looks for what may be absent asks with `?.`, as ever.
 */

/**
 * Where a selector doesn’t name a tag: any of those that are looked up so. What none of them has is still an error. A
 * form is named by its tag: as a type it has whatever name one asks for.
 */
type AnyElement = HTMLElement & HTMLInputElement & HTMLTemplateElement & HTMLDialogElement & HTMLAnchorElement;

type UpTo<Text extends string, End extends string> = Text extends `${infer Start}${End}${string}` ? Start : Text;
type LastOf<Selector extends string> = Selector extends `${string} ${infer Rest}` ? LastOf<Rest> : Selector;
type TagOf<Selector extends string> = UpTo<UpTo<UpTo<UpTo<Selector, '['>, ':'>, '.'>, '#'>;

/** What a selector finds, by the tag of its last part. */
type Selected<Selector extends string> = Selector extends `${infer One}, ${infer Others}`
  ? Selected<One> | Selected<Others>
  : TagOf<LastOf<Selector>> extends infer Tag extends keyof HTMLElementTagNameMap
    ? HTMLElementTagNameMap[Tag]
    : AnyElement;

interface ParentNode {
  querySelector<Selector extends string>(selectors: Selector): Selected<Selector>;
  querySelectorAll<Selector extends string>(selectors: Selector): NodeListOf<Selected<Selector>>;
}

interface Element {
  closest<Selector extends string>(selectors: Selector): Selected<Selector> | null;
}

interface DocumentFragment {
  cloneNode(subtree?: boolean): DocumentFragment;
}

/** Whatever an event of a page is about is an element. */
type Heard<Kind> = Kind & { readonly target: AnyElement; readonly currentTarget: AnyElement };

interface HTMLElement {
  addEventListener<Kind extends keyof HTMLElementEventMap>(
    kind: Kind,
    listener: (this: HTMLElement, event: Heard<HTMLElementEventMap[Kind]>) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    kind: `${string}-${string}` | `${string}:${string}`,
    listener: (this: HTMLElement, event: Heard<CustomEvent>) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

interface Document {
  getElementById(id: string): AnyElement | null;
  addEventListener<Kind extends keyof DocumentEventMap>(
    kind: Kind,
    listener: (this: Document, event: Heard<DocumentEventMap[Kind]>) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    kind: `${string}-${string}` | `${string}:${string}`,
    listener: (this: Document, event: Heard<CustomEvent>) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

interface HTMLFormControlsCollection {
  [name: string]: any; // the fields of a form by their names, which templates decide
}

/** A request of htmx, as its events tell of it. */
interface HtmxContext {
  sourceElement?: Element;
  sourceEvent?: SubmitEvent;
  request: { headers: Record<string, string>; method: string; body?: FormData | URLSearchParams | string };
  response?: { raw: Response; status: number; headers: Headers };
  hx: { redirect?: string };
  status: string;
  swap: string;
  target: Element;
  text: string;
}

/** Bytes of ours are never shared with a worker: the views that cryptography wants are those that we have. */
interface SubtleCrypto {
  digest(algorithm: string, data: Uint8Array): Promise<ArrayBuffer>;
  sign(algorithm: string, key: CryptoKey, data: Uint8Array): Promise<ArrayBuffer>;
  verify(algorithm: string, key: CryptoKey, signature: Uint8Array, data: Uint8Array): Promise<boolean>;
  encrypt(algorithm: Gcm, key: CryptoKey, data: Uint8Array): Promise<ArrayBuffer>;
  decrypt(algorithm: Gcm, key: CryptoKey, data: Uint8Array): Promise<ArrayBuffer>;
  deriveBits(algorithm: Hkdf, key: CryptoKey, length: number): Promise<ArrayBuffer>;
  deriveKey(
    algorithm: Hkdf, key: CryptoKey, made: AesKeyAlgorithm, extractable: boolean, usages: KeyUsage[],
  ): Promise<CryptoKey>;
  importKey(
    format: 'raw' | 'pkcs8', bytes: Uint8Array, algorithm: string, extractable: boolean, usages: KeyUsage[],
  ): Promise<CryptoKey>;
}

interface Gcm {
  name: string;
  iv: Uint8Array;
  additionalData: Uint8Array;
}

interface Hkdf {
  name: string;
  hash: string;
  salt: Uint8Array;
  info: Uint8Array;
}

interface Performance {
  getEntriesByType(type: 'navigation'): PerformanceNavigationTiming[];
}

/** The File System Access API, where a browser has it. */
interface FileSystemHandle {
  queryPermission(descriptor: { mode: string }): Promise<PermissionState>;
  requestPermission(descriptor: { mode: string }): Promise<PermissionState>;
}

declare function showDirectoryPicker(options: {
  id: string;
  startIn: string;
  mode: string;
}): Promise<FileSystemDirectoryHandle>;
