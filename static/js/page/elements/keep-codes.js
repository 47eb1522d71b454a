/** One-time codes out of the page: into a file, or onto paper. */
import { download } from '../download.js';

customElements.define('keep-codes', class extends HTMLElement {
  connectedCallback() {
    this.addEventListener('click', ({ target }) => {
      const act = target.closest('[data-do]')?.dataset.do;
      if (act === 'print') print();
      if (act === 'download') download(this.#text, 'spare-key-one-time-codes.txt');
    });
  }

  /** The sheet as it stands, a line each. */
  get #text() {
    const line = (element) => element.textContent.trim().replace(/\s+/g, ' ');
    const facts = [...this.querySelectorAll('.facts__row')].map(
      (row) => `${line(row.children[0])}: ${line(row.children[1])}`,
    );
    const codes = [...this.querySelectorAll('[data-one-time-code]')].map(line);
    return [
      line(this.querySelector('h2')),
      ...facts,
      '',
      ...codes,
      '',
      line(this.querySelector('section > p')),
      '',
    ].join('\n');
  }
});
