/** Minutes and seconds that run down from `data-seconds`, by the clock on the wall. At zero it says `time-up`, once. */
customElements.define('time-left', class extends HTMLElement {
  #timer = 0;

  connectedCallback() {
    const end = Date.now() + Number(this.dataset.seconds) * 1000;
    const show = () => {
      const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      this.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
      if (left) return;
      clearInterval(this.#timer);
      this.dispatchEvent(new CustomEvent('time-up', { bubbles: true }));
    };
    this.#timer = setInterval(show, 500);
    show();
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
  }
});
