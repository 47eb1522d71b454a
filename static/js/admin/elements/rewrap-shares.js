/**
 * Re-wrap: with both key files opened, one sealed share after the other is opened, sealed to the present key, opened
 * again and sent, in batches. What is done is done: begun again, it goes on with what is left. A share that can’t be
 * re-wrapped is named and left as it is.
 */
import { base64 } from '../../crypto/bytes.js';
import { makeSuccession } from '../../crypto/key-successions.js';
import { rewrapShare, signRewrap } from '../../crypto/rewrap.js';
import { sentence, tell, hush } from '../../page/error-messages.js';
import { count, digest, fits, id, text } from '../../crypto/shapes.js';
import { getJson, postJson } from '../../device/server.js';
import { retryNotice } from '../../page/retry-notice.js';

const SHARES = {
  left: count,
  shares: [{ backup: id, organisation: id, user: id, file_sha256: digest, share_a: text, name: text, made_at: text }],
};

/** What became of each share that was sent. */
const outcomeOf = (shares) => (said) => {
  if (!fits(said, { done: [id], held: [id], gone: [id] })) return false;
  const named = [...said.done, ...said.held, ...said.gone].sort();
  return named.join() === shares.map(({ backup }) => backup).sort().join();
};

customElements.define('rewrap-shares', class extends HTMLElement {
  #counts = {};
  #again = null;

  connectedCallback() {
    const button = this.querySelector('[data-do=rewrap]');
    this.#again = retryNotice(this.querySelector(':scope > [role=alert]'), () => button.click());
    button.addEventListener('click', () => this.#run(button));
    button.disabled = false; // not before it is heard
  }

  async #run(button) {
    const slot = this.querySelector(':scope > [role=alert]');
    hush(slot);
    this.#again.stop();
    this.#part('ended').hidden = true;
    this.#part('skipped').replaceChildren();
    this.#counts = { done: 0, held: 0, gone: 0, skipped: 0 };
    button.disabled = true;
    try {
      const [former, next] = await Promise.all(
        ['former', 'next'].map((name) => this.querySelector(`[data-part=${name}] key-file`).read()),
      );
      this.#part('progress').hidden = false;
      await this.#rewrapAll({ former, next, succession: await makeSuccession(former, next) });
      this.#again.done();
      this.#report(this.#part('ended'));
    } catch (error) {
      tell(slot, error, this);
      this.#again.failed(error);
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
      const { shares, left } = await getJson(`${this.dataset.shares}?after=${after}`, { holds: SHARES });
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
    const { statement, signature, formerSignature } = await signRewrap({
      shares,
      former,
      next,
      origin: location.origin,
      admin: this.dataset.admin,
    });
    const answer = await postJson(this.dataset.rewrap, {
      statement, signature, former_signature: formerSignature, shares: shares.map(({ file }) => base64(file)),
      succession: succession.statement, succession_signature: succession.signature,
    }, { holds: outcomeOf(shares), harmless: true });
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
