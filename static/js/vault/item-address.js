/**
 * Each item that is open has an address, so that Back leaves the item and not the vault. It is a fragment: no server
 * and no log ever sees it. A random id stands in it, and nothing that was written.
 *
 * A place: '' (the list), `item=<id>`, `edit=<id>`, `add=login` or `add=note`. What closes takes the place of its own
 * entry in the history, with the place below it (`over`); so Back from there would show the same again, and goes on.
 */
const PLACE = /^(?:(?:item|edit)=[0-9a-f]{32}|add=(?:login|note))$/;

/** @returns {string|null} the place that the address names; null: it names none, such as `#main` */
function named() {
  const place = location.hash.slice(1);
  return !place || PLACE.test(place) ? place : null;
}

export class ItemAddress {
  #place = named() ?? '';
  #over = history.state?.over;
  #shows;

  /** @param {(place: string) => void} shows - hears where Back or Forward lead */
  constructor(shows) {
    this.#shows = shows;
    window.addEventListener('popstate', this.#moved);
  }

  stop() { window.removeEventListener('popstate', this.#moved); }

  get place() { return this.#place; }

  /** Something opens. @param {string} place */
  open(place) {
    if (place === this.#place) return;
    // What closed has left an entry behind that shows the same as the one below.
    if (this.#over === this.#place) this.#write('replaceState', place, this.#over);
    else this.#write('pushState', place, this.#place);
  }

  /** What is open closes, or becomes something else. @param {string} place - that is shown instead */
  become(place) {
    if (place !== this.#place) this.#write('replaceState', place, this.#over);
  }

  #write(how, place, over) {
    [this.#place, this.#over] = [place, over];
    // htmx marks what it finds unmarked, in the place of what stands there.
    const state = { htmx: true, ...(over === undefined ? {} : { over }) };
    history[how](state, '', `${location.pathname}${location.search}${place && '#'}${place}`);
  }

  #moved = () => {
    const place = named();
    if (place === null) return;
    const isSame = place === this.#place;
    const wasLeftBehind = this.#over === this.#place;
    [this.#place, this.#over] = [place, history.state?.over];
    if (!isSame) this.#shows(place);
    else if (wasLeftBehind) history.back();
  };
}

/** @param {string} place @returns {{act: string, of: string}} act: '' (the list), item, edit or add; of: whose */
export function partsOf(place) {
  const [act, of = ''] = place.split('=');
  return { act, of };
}
