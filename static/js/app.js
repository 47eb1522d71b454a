/** What the pages run: htmx under our rules first, then one custom element a file. */
import './htmx-setup.js';
import './elements/approve-request.js';
import './elements/check-key.js';
import './elements/cloud-backup-switch.js';
import './elements/copy-button.js';
import './elements/invite-link.js';
import './elements/join-vault.js';
import './elements/key-ceremony.js';
import './elements/key-file.js';
import './elements/recovery-kit.js';
import './elements/reveal-field.js';
import './elements/vault-keys.js';
