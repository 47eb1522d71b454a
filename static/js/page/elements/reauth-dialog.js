/**
 * The question whether it is still you, over the page whose form was refused. The page stays as it is; once the answer
 * was right (`data-shown`), its form is sent again by the button that sent it, so whatever seals it does so anew.
 */
let refused = null; // the last form that was sent, and its button

document.addEventListener('submit', ({ target, submitter }) => {
  if (!target.closest('reauth-dialog')) refused = { target, submitter };
}, true);

customElements.define('reauth-dialog', class extends HTMLElement {
  connectedCallback() {
    if ('shown' in this.dataset) {
      queueMicrotask(() => this.#goOn());
      return;
    }
    const dialog = this.querySelector('dialog');
    dialog.addEventListener('close', () => this.remove()); // htmx would give the next one the state of a closed one
    dialog.showModal();
  }

  #goOn() {
    if (refused?.target.isConnected) refused.target.requestSubmit(refused.submitter);
    else this.replaceChildren(this.querySelector('template').content.cloneNode(true));
  }
});
