/** On Account Recovery, where the server takes this browser for a device: what counts is whether its key is here. */
import { lookAnewIfGone } from '../still-here.js';

customElements.define('device-still-here', class extends HTMLElement {
  connectedCallback() {
    // What can’t be read may still be there, so the page stays as it is.
    lookAnewIfGone(this.dataset.device, location.pathname).catch(() => {});
  }
});
