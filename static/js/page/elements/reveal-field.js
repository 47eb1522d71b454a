/** A password or PIN that its owner may look at while typing. */
customElements.define('reveal-field', class extends HTMLElement {
  connectedCallback() {
    const [input, button] = [this.querySelector('input'), this.querySelector('button')];
    button?.addEventListener('click', () => {
      const several = this.querySelector('textarea'); // of lines: it has taken the place of the input
      const shown = several ? several.toggleAttribute('data-masked') === false : input.type === 'password';
      if (!several) input.type = shown ? 'text' : 'password';
      button.setAttribute('aria-pressed', String(shown));
    });
    // Sent as a password, so that no browser takes it for an ordinary text to remember.
    input?.form?.addEventListener('submit', () => {
      input.type = 'password';
      button?.setAttribute('aria-pressed', 'false');
    });
  }
});
