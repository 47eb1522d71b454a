/**
 * What classes have that their constructors assign, and what those that extend them provide. It stands here and not in
 * them, so that pages load no method that only says that another one is needed.
 */
import type { Device } from '../../../static/js/device/keystore.js';

declare module '../../../static/js/device/signed-request-form.js' {
  interface SignedRequestForm {
    /** What a form asks for, made and signed. */
    make(form: HTMLFormElement): Promise<{ exact: string; signature: string }>;
  }
}

declare module '../../../static/js/device/vault-element.js' {
  interface VaultElement {
    /** Shows it: the vault is open in `store`. */
    show(): Promise<void>;
  }
}

declare module '../../../static/js/recovery/finish.js' {
  interface RecoveryFinish {
    /** Of an element: user; account, where the vault doesn’t name it; request or way; organisation and browser. */
    parts: Record<string, string>;
    progress: (step: string) => void;
    /** Where it is finished. */
    readonly path: string;
    /** The restore request’s id, or the name of the way. */
    readonly reference: string;
    /** This browser’s new device. */
    device(): Promise<Device>;
    /**
     * What `beginEpoch` begins from; the vault key of the epoch that ends (null: none is at hand); the member’s address
     * as the vault has it; whether a backup was taken in place of the newest vault.
     */
    open(device: Device): Promise<import('../../../static/js/recovery/finish.js').Begun>;
  }
}
