/** What the pages run: htmx under our rules first, then one custom element a file. */
import './htmx-setup.js';
