/** On the page of a pairing that failed: deletes what it left in this browser. */
import { forgetEnded } from '../joiner.js';

customElements.define('pairing-ended', class extends HTMLElement {
  connectedCallback() {
    forgetEnded(this.dataset.user).catch(() => {}); // tried again before the next pairing, and after the next sign-in
  }
});
