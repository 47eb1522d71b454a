/**
 * Invites many people from a file: read here, looked at by the server in batches, made into links here. The server gets
 * the hash of each link’s token alone, so a batch whose answer got lost is simply sent again.
 */
import { contentOf } from '../../page/chosen-file.js';
import { base64, hex, randomBytes, sha256, utf8 } from '../../crypto/bytes.js';
import { download } from '../../page/download.js';
import { linksFile, readInvites } from '../invite-rows.js';
import { onSubmit } from '../../page/on-submit.js';
import { RowsInSight } from '../../page/rows-in-sight.js';
import { sentence } from '../../page/error-messages.js';
import { either, exactly, text } from '../../crypto/shapes.js';
import { postJson } from '../../device/server.js';

const ABOUT = { largest: 2 * 1024 * 1024, none: 'no_invite_file', tooLarge: 'invite_file_large' };
const AT_ONCE = 250; // rows in one request
const TOLD = 32; // characters of the key’s fingerprint in a link

customElements.define('invite-file', class extends HTMLElement {
  #people = [];
  #rows = null;
  #leaving = (event) => event.preventDefault();

  connectedCallback() {
    this.#rows = new RowsInSight(this.#part('rows'), this.#part('more'), (person) => this.#row(person));
    const make = this.querySelector('form[data-part=make]');
    onSubmit(this.querySelector('form[data-part=choose]'), () => this.#look(), this);
    onSubmit(make, () => this.#make(), make);
    this.#part('download').addEventListener('click', () => this.#download());
  }

  disconnectedCallback() { removeEventListener('beforeunload', this.#leaving); }

  async #look() {
    for (const part of ['look', 'done']) this.#part(part).hidden = true;
    const { people, isAssumed } = await readInvites(
      await contentOf(this.#part('choose').querySelector('input'), ABOUT),
      Number(this.dataset.most),
    );
    this.#people = people;
    this.#part('assumed').hidden = !isAssumed;
    await this.#inBatches('checking', this.#fit, (batch) =>
      postJson('/admin/invites/check', { rows: batch.map(sent) }, codesOf(batch)),
    );
    this.#show();
    this.#part('look').hidden = false;
    this.#part('look').querySelector('h2').focus();
  }

  async #make() {
    const key = await this.querySelector('key-file')?.read();
    for (const person of this.#fit) person.token ??= base64(randomBytes(24)).replaceAll('+', '-').replaceAll('/', '_');
    addEventListener('beforeunload', this.#leaving); // the links are nowhere but here
    try {
      await this.#inBatches('making', this.#fit.filter(({ link }) => !link), async (batch) => {
        const rows = await Promise.all(
          batch.map(async (person) => ({ ...sent(person), token_sha256: hex(await sha256(utf8(person.token))) })),
        );
        const answer = await postJson('/admin/invites/rows', { rows }, codesOf(batch));
        answer.codes.forEach((code, at) => {
          if (!code) {
            const told = key ? `#k=${key.fingerprint.slice(0, TOLD)}` : '';
            batch[at].link = `${location.origin}/join/${batch[at].token}${told}`;
          }
        });
        return answer;
      });
    } finally {
      this.#show();
    }
    this.#part('make').hidden = true;
    this.#part('done').hidden = false;
    this.#part('download').focus();
  }

  get #fit() { return this.#people.filter(({ code }) => !code); }

  async #inBatches(step, people, ask) {
    const progress = this.#part('progress');
    progress.querySelector('label').textContent = sentence(this, step);
    progress.hidden = false;
    try {
      for (let done = 0; done < people.length; done += AT_ONCE) {
        progress.querySelector('progress').value = done / people.length;
        const batch = people.slice(done, done + AT_ONCE);
        const { codes } = await ask(batch);
        codes.forEach((code, at) => { batch[at].code = code; });
      }
    } finally {
      progress.hidden = true;
    }
  }

  #show() {
    const made = this.#people.filter(({ link }) => link).length;
    const counts = {
      all: this.#people.length,
      fit: this.#fit.length,
      unfit: this.#people.length - this.#fit.length,
      made,
    };
    for (const place of this.querySelectorAll('[data-count]')) {
      place.textContent = counts[place.dataset.count].toLocaleString();
    }
    this.#part('make').hidden = !counts.fit || made === counts.fit;
    this.#part('none').hidden = Boolean(counts.fit);
    // What needs a look comes first
    this.#rows.show([...this.#people].sort((a, b) => Number(Boolean(b.code)) - Number(Boolean(a.code))));
  }

  #row(person) {
    const shown = this.#part('row').content.cloneNode(true);
    const texts = { ...person, why: this.#why(person) || sentence(this, person.link ? 'made' : 'fits') };
    for (const place of shown.querySelectorAll('[data-field]')) place.textContent = texts[place.dataset.field];
    shown.querySelector('[data-field=why]').dataset.code = person.code || 'fits';
    return shown;
  }

  #why = ({ code, details }) => (code ? sentence(this, code, details) : '');

  #download() {
    download(
      linksFile(this.#people.map((person) => ({ ...person, why: this.#why(person) }))),
      'spare-key-invites.csv',
      'text/csv',
    );
    removeEventListener('beforeunload', this.#leaving);
  }

  #part(name) { return this.querySelector(`[data-part=${name}]`); }
});

/** One code, or none, for each of those sent. */
const codesOf = ({ length }) => ({
  holds: {
    codes: (codes) => Array.isArray(codes) && codes.length === length && codes.every(either(exactly(null), text)),
  },
  harmless: true,
});

const sent = ({ email, name, role }) => ({ email, name, role });
