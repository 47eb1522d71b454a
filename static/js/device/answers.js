/** What answers of the server must hold, where several places ask the same. */
import { count, digest, either, exactly, octets, text } from '../crypto/shapes.js';

/**
 * An address of this site to go on at: a path, as browsers read it, who take `\` for `/` and leave some control
 * characters out. A fragment would be read as if somebody had handed a link over.
 */
export const path = (value) => text(value) && /^\/[^#\\\p{Cc}]*$/u.test(value)
  && URL.canParse(value, location.origin) && new URL(value, location.origin).origin === location.origin;

/** The place of the newest vault file, in the header of its frame. */
export const PLACE = { epoch: count, counter: count, sha256: digest };

/** The same with what a recovery builds on. */
export const BASE = { ...PLACE, kit: count, next_epoch: count };

/** What opens a device’s lock together with the PIN and the device’s key. */
export const LOCK = { keyslot: octets(), server_share: octets(32), version: count };

/** What storing a new epoch came to. */
export const STORED = { next: path, device: text, ...PLACE };

const none = exactly(null);

/** What runs elsewhere in a member’s name. */
export const RUNNING = either({ kind: none }, { kind: text, browser: text, device: text, at: text, next: path });

/** Where the one who asked is led, if anywhere yet. */
export const LEADS_ON = { next: either(none, path) };
