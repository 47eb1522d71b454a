/** Copies the text of the element that `for` names, and says so for two seconds. */
customElements.define('copy-button', class extends HTMLElement {
  connectedCallback() {
    this.querySelector('button')?.addEventListener('click', async () => {
      const source = document.getElementById(this.getAttribute('for'));
      await navigator.clipboard.writeText((source.value ?? source.textContent).trim());
      this.dataset.copied = '';
      setTimeout(() => delete this.dataset.copied, 2_000);
    });
  }
});
