/**
 * Copies the text of the element that `for` names, or what the property `read` gives, and says so for two seconds. With
 * `data-secret` the clipboard is emptied after half a minute, where the browser lets us.
 */
const FORGET = 30_000;

customElements.define('copy-button', class extends HTMLElement {
  connectedCallback() {
    this.querySelector('button')?.addEventListener('click', async () => {
      const source = document.getElementById(this.getAttribute('for'));
      const text = /** @type {HTMLElementTagNameMap['copy-button']} */ (this).read?.();
      await navigator.clipboard.writeText(text ?? (source.value ?? source.textContent).trim());
      this.dataset.copied = '';
      setTimeout(() => delete this.dataset.copied, 2_000);
      if (this.hasAttribute('data-secret')) setTimeout(() => navigator.clipboard.writeText('').catch(() => {}), FORGET);
    });
  }
});
