/** On the page of a pairing that came to nothing: what it left in this browser goes. */
import { forgetEnded } from '../pairing-new.js';

customElements.define('pairing-ended', class extends HTMLElement {
  connectedCallback() {
    forgetEnded(this.dataset.user).catch(() => {}); // tried again before the next pairing, and after the next sign-in
  }
});
