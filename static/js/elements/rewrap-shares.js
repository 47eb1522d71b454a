/**
 * Re-wrap: with both key files opened, one sealed share after the other is opened, sealed to the present key, opened again
 * and sent, in batches. What is done is done: begun again, it goes on with what is left. A share that can’t be re-wrapped
 * is named and left as it is.
 */
import { base64 } from '../crypto/bytes.js';
import { makeSuccession } from '../crypto/key-successions.js';
import { rewrapShare, signRewrap } from '../crypto/rewrapping.js';
import { sentence, tell, hush } from '../sentences.js';
import { getJson, postJson } from '../server.js';

customElements.define('rewrap-shares', class extends HTMLElement {
  #counts = {};

  connectedCallback() {
    const button = this.querySelector('[data-do=rewrap]');
    button.addEventListener('click', () => this.#run(button));
    button.disabled = false; // not before it is heard
  }

  async #run(button) {
    const slot = this.querySelector(':scope > [role=alert]');
    hush(slot);
    this.#part('ended').hidden = true;
    this.#part('skipped').replaceChildren();
    this.#counts = { done: 0, held: 0, gone: 0, skipped: 0 };
    button.disabled = true;
    try {
      const [former, next] = await Promise.all(['former', 'next'].map((name) => this.querySelector(`[data-part=${name}] key-file`).read()));
      this.#part('progress').hidden = false;
      await this.#rewrapAll({ former, next, succession: await makeSuccession(former, next) });
      this.#report(this.#part('ended'));
    } catch (error) {
      tell(slot, error, this);
      if (this.#counts.done) this.#report(this.#part('ended')); // how far it came
    } finally {
      this.#part('progress').hidden = true;
      button.disabled = false;
    }
  }

  async #rewrapAll(keys) {
    const bar = this.#part('progress').querySelector('progress');
    let [after, total] = ['', 0];
    for (;;) {
      const { shares, left } = await getJson(`${this.dataset.shares}?after=${after}`);
      total ||= left;
      if (!shares.length || !this.isConnected) return;
      await this.#send(await this.#sealed(shares, keys), keys);
      after = shares.at(-1).backup;
      bar.max = Math.max(total, 1);
      bar.value = Object.values(this.#counts).reduce((sum, count) => sum + count);
    }
  }

  async #sealed(rows, keys) {
    const shares = [];
    for (const row of rows) {
      try {
        shares.push(await rewrapShare({ row, ...keys }));
      } catch (error) {
        if (error.name !== 'CryptoError') throw error;
        this.#skip(row, error.code);
      }
    }
    return shares;
  }

  async #send(shares, { former, next, succession }) {
    if (!shares.length) return;
    const { statement, signature, formerSignature } = await signRewrap({ shares, former, next, origin: location.origin, admin: this.dataset.admin });
    const answer = await postJson(this.dataset.rewrap, {
      statement, signature, former_signature: formerSignature, shares: shares.map(({ file }) => base64(file)),
      succession: succession.statement, succession_signature: succession.signature,
    });
    for (const name of ['done', 'held', 'gone']) this.#counts[name] += answer[name].length;
  }

  #skip({ name, made_at: madeAt }, code) {
    this.#counts.skipped += 1;
    const row = this.querySelector('template[data-part=skipped-one]').content.cloneNode(true);
    row.querySelector('strong').textContent = `${name}, ${madeAt}`;
    row.querySelector('span').textContent = sentence(this, `share_${code}`);
    this.#part('skipped').append(row);
  }

  #report(place) {
    place.hidden = false;
    for (const line of place.querySelectorAll('[data-count]')) {
      const { [line.dataset.count]: count } = this.#counts;
      line.hidden = !count && line.dataset.count !== 'done';
      line.textContent = sentence(this, `${line.dataset.count}_${count === 1 ? 'one' : 'many'}`, { count });
    }
    place.focus();
  }

  #part(name) { return this.querySelector(`[data-part=${name}]:not(template)`); }
});
