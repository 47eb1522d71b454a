/** What the pages run: htmx under our rules first, then one custom element a file. */
import './htmx-setup.js';
import './elements/copy-button.js';
import './elements/join-vault.js';
import './elements/reveal-field.js';
