/** Every page: htmx under our rules first, then the elements that need no key. Nothing here imports cryptography. */
import '../page/htmx-setup.js';
import '../page/elements/reauth-dialog.js';
import '../page/elements/copy-button.js';
import '../page/elements/keep-codes.js';
import '../recovery/elements/recovery-watch.js';
import '../page/elements/reveal-field.js';
import '../page/elements/session-watch.js';
import '../page/elements/time-left.js';
import '../device/elements/vault-keys.js';
