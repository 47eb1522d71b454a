/**
 * What was being written and is not saved: each with [Continue] and [Discard], which it says as `draft-continue` and
 * `draft-discard` (detail: name). Beside a form that goes on with a draft it shows what was changed elsewhere
 * meanwhile.
 */
import { clockTime } from '../../page/formatting.js';
import { sentence } from '../../page/error-messages.js';
import { changedSince } from '../vault-drafts.js';

/** @import { Offer } from '../vault-drafts.js' */

const DOTS = '••••••••••';

customElements.define('draft-offers', class extends HTMLElement {
  connectedCallback() {
    this.addEventListener('click', ({ target }) => {
      const { act, name } = target.closest('[data-act]')?.dataset ?? {};
      if (act) this.dispatchEvent(new CustomEvent(`draft-${act}`, { bubbles: true, detail: { name } }));
    });
  }

  /** @param {Offer[]} offers */
  show(offers) {
    this.querySelector('[data-part=offers]').replaceChildren(...offers.map((offer) => this.#row(offer)));
    this.hidden = !offers.length;
  }

  /**
   * @param {Element} form - it stands above that @param {Offer} offer
   */
  beside(form, offer) {
    const shown = this.querySelector('template[data-part=beside]').content.cloneNode(true);
    const rows = shown.querySelector('[data-part=rows]');
    rows.replaceChildren(...changedSince(offer).map((field) => this.#field(field, offer.now[field])));
    form.before(shown);
  }

  #row({ name, state, draft, now }) {
    const row = this.querySelector('template[data-part=offer]').content.cloneNode(true);
    const title = draft?.fields.title || now?.title || draft?.base?.title;
    const code = state === 'new' && !title ? `draft_new_${draft.kind}` : `draft_${state}`;
    const words = sentence(this, code, { title, at: draft ? clockTime(draft.at) : '' });
    row.querySelector('[data-part=words]').textContent = words;
    for (const button of row.querySelectorAll('[data-act]')) {
      button.dataset.name = name;
      button.querySelector('.visually-hidden').textContent = title ? `: ${title}` : '';
      if (state === 'closed' && button.dataset.act === 'continue') button.remove();
    }
    return row;
  }

  /** A password behind a button, as everywhere. */
  #field(field, value) {
    const row = this.querySelector('template[data-part=field]').content.cloneNode(true);
    row.querySelector('dt').textContent = sentence(this, `field_${field}`);
    const [place, button] = [row.querySelector('[data-part=value]'), row.querySelector('button')];
    place.textContent = field === 'password' && value ? DOTS : value || sentence(this, 'field_empty');
    if (field !== 'password' || !value) button.remove();
    button.addEventListener('click', () => {
      const isShown = button.getAttribute('aria-pressed') !== 'true';
      button.setAttribute('aria-pressed', String(isShown));
      place.textContent = isShown ? value : DOTS;
    });
    return row;
  }
});
