/** A list whose rows are made as they come into sight, so that ten thousand cost no more than fifty. */
const AT_ONCE = 60;
const AHEAD = { rootMargin: '400px', scrollMargin: '400px' };

export class RowsInSight {
  #rows;
  #end;
  #make;
  #list = [];
  #watch = new IntersectionObserver((entries) => entries.at(-1)?.isIntersecting && this.#more(), AHEAD);

  /**
   * @param {Element} rows - they go in here @param {Element} end - stands behind them @param {(each: any) => Node} make
   */
  constructor(rows, end, make) {
    [this.#rows, this.#end, this.#make] = [rows, end, make];
  }

  /** @param {any[]} list - in place of the former one */
  show(list) {
    this.#list = list;
    this.#rows.replaceChildren();
    this.#more();
  }

  #more() {
    const { childElementCount: shown } = this.#rows;
    this.#rows.append(...this.#list.slice(shown, shown + AT_ONCE).map(this.#make));
    // Observed anew, it reports again where even these leave room.
    this.#watch.unobserve(this.#end);
    if (this.#rows.childElementCount < this.#list.length) this.#watch.observe(this.#end);
  }
}
