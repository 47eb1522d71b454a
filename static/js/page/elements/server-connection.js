/**
 * How the last request went, at the foot of a page: htmx-setup.js says it in `data-connection` of <html>, and CSS shows
 * the line that fits. It is an element so that a page without htmx, or without what stands in for invoker commands, can
 * say so.
 */
import '../htmx-setup.js';
import '../invoker-commands.js';

customElements.define('server-connection', class extends HTMLElement {});
