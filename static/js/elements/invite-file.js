/**
 * Invites many people from a file: read here, looked at by the server in batches, made into links here. The server gets the
 * hash of each link’s token alone, so a batch whose answer got lost is simply sent again.
 */
import { contentOf } from '../chosen-file.js';
import { base64, hex, randomBytes, sha256, utf8 } from '../crypto/bytes.js';
import { download } from '../download.js';
import { linksFile, readInvites } from '../invite-rows.js';
import { onSubmit } from '../on-submit.js';
import { RowsInSight } from '../rows-in-sight.js';
import { sentence } from '../sentences.js';
import { postJson } from '../server.js';

const ABOUT = { largest: 2 * 1024 * 1024, none: 'no_invite_file', tooLarge: 'invite_file_large' };
const AT_ONCE = 250; // rows in one request
const TOLD = 32; // characters of the key’s fingerprint in a link

customElements.define('invite-file', class extends HTMLElement {
  #people = [];
  #rows = null;
  #leaving = (event) => event.preventDefault();

  connectedCallback() {
    this.#rows = new RowsInSight(this.#part('rows'), this.#part('more'), (person) => this.#row(person));
    onSubmit(this.#part('choose'), () => this.#look(), this);
    onSubmit(this.#part('make'), () => this.#make(), this.#part('make'));
    this.#part('download').addEventListener('click', () => this.#download());
  }

  disconnectedCallback() { removeEventListener('beforeunload', this.#leaving); }

  async #look() {
    for (const part of ['look', 'done']) this.#part(part).hidden = true;
    this.#people = await readInvites(await contentOf(this.#part('choose').querySelector('input'), ABOUT), Number(this.dataset.most));
    await this.#inBatches('checking', this.#fit, (batch) => postJson('/admin/invites/check', { rows: batch.map(sent) }));
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
        const rows = await Promise.all(batch.map(async (person) => ({ ...sent(person), token_sha256: hex(await sha256(utf8(person.token))) })));
        const answer = await postJson('/admin/invites/rows', { rows });
        answer.codes.forEach((code, at) => {
          if (!code) batch[at].link = `${location.origin}/join/${batch[at].token}${key ? `#k=${key.fingerprint.slice(0, TOLD)}` : ''}`;
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
    const counts = { all: this.#people.length, fit: this.#fit.length, unfit: this.#people.length - this.#fit.length, made };
    for (const place of this.querySelectorAll('[data-count]')) place.textContent = counts[place.dataset.count].toLocaleString();
    this.#part('make').hidden = !counts.fit || made === counts.fit;
    this.#part('none').hidden = Boolean(counts.fit);
    this.#rows.show([...this.#people].sort((a, b) => Boolean(b.code) - Boolean(a.code))); // what needs a look comes first
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
    download(linksFile(this.#people.map((person) => ({ ...person, why: this.#why(person) }))), 'spare-key-invites.csv', 'text/csv');
    removeEventListener('beforeunload', this.#leaving);
  }

  #part(name) { return this.querySelector(`[data-part=${name}]`); }
});

const sent = ({ email, name, role }) => ({ email, name, role });
