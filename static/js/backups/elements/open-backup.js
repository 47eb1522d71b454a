/**
 * Opens one backup to try a recovery, or to bring what is in it into the open vault: a kept copy or a file with the
 * vault’s own keys, else with the Recovery Kit; a cloud backup always with the kit. It hears `backup-chosen`
 * (detail: act try or restore, kit number, read(), tried()) from inside; rows of cloud backups and of earlier vaults
 * (`data-file`: the address) and the form for a file it hears itself. An earlier vault opens with a backup of then, or
 * a former device of this browser, too.
 */
import { backupIn } from '../../page/chosen-file.js';
import { check, read, vaultKeysOf } from '../../crypto/documents.js';
import { CryptoError } from '../../crypto/errors.js';
import { isSealed } from '../../crypto/sealing.js';
import { deviceBy } from '../../device/keystore.js';
import { onSubmit } from '../../page/on-submit.js';
import { hush, sentence, tell } from '../../page/error-messages.js';
import { getOctets, signedFetch } from '../../device/server.js';
import { showSummary } from '../../page/document-summary.js';
import { unlockFormer } from '../../device/unlock.js';
import { openVault } from '../../device/vault-store.js';

customElements.define('open-backup', class extends HTMLElement {
  #chosen = null;
  #file = null;
  #store = null;

  connectedCallback() {
    this.addEventListener('backup-chosen', ({ detail }) => this.#choose(detail));
    this.addEventListener('click', ({ target }) => this.#cloud(target.closest('[data-act]')?.dataset));
    const kit = this.#work.querySelector('kit-input');
    const openWithKit = async () => this.#open(await this.#withBackup((await kit.read()).identity));
    onSubmit(kit.closest('form'), openWithKit, this.#work);
    for (const former of this.#formers) {
      const unlock = async (pin) => this.#open([await unlockFormer(pin, former.dataset)]);
      onSubmit(former, unlock, this.#work, (error) => { error.isHarmless = false; });
    }
    const form = this.querySelector('form[data-file]');
    if (form) {
      const read = () => backupIn(form.querySelector('input'));
      onSubmit(form, () => this.#choose({ act: 'restore', read }), this.#work);
    }
  }

  disconnectedCallback() { this.#store = this.#file = this.#chosen = null; }

  /** @param {DOMStringMap} [row] - of the button that was pressed, if it was one */
  #cloud({ act, backup, kit, file, epoch } = {}) {
    const read = () => getOctets(file ?? `/backups/${backup}/file`);
    const tried = async () => {
      await signedFetch(`/backups/${backup}/trials`, { device: this.#store.device, holds: {}, same: { backup } });
      this.dispatchEvent(new CustomEvent('backup-made', { bubbles: true })); // the list asks for itself anew
    };
    if (act) this.#choose({ act, kit, read, tried, isCloud: !file, epoch });
  }

  async #choose(chosen) {
    this.#chosen = chosen;
    this.#show('opening');
    try {
      this.#file = await chosen.read();
      if (!isSealed(this.#file)) throw new CryptoError('not_a_backup');
      this.#store = await openVault();
      if (!this.#store) return; // on the way to the PIN
      if (chosen.isCloud) throw new CryptoError('wrong_key');
      await this.#open(vaultKeysOf(this.#store.saved.body));
    } catch (error) {
      if (error.code === 'wrong_key') return this.#askKit();
      this.#show(null);
      tell(this.#work.querySelector('[role=alert]'), error, this.#work);
    }
  }

  async #askKit() {
    const { kit, isCloud, epoch } = this.#chosen;
    this.#show('kit');
    this.#work.querySelector('[data-kit-number]').textContent = sentence(
      this.#work,
      kit ? 'needs_kit' : isCloud ? 'needs_some_kit' : 'needs_other_kit',
      { kit },
    );
    for (const former of this.#formers) {
      former.hidden = former.dataset.epoch !== epoch || !(await deviceBy(former.dataset.device));
    }
  }

  /** A kit that opens no vault of then may open a backup that has its key. */
  async #withBackup(kit) {
    const input = this.#work.querySelector('[data-backup]');
    if (!input?.files.length) return [kit];
    const { body } = await read(await backupIn(input), [kit]);
    return [kit, ...vaultKeysOf(body)];
  }

  async #open(identities) {
    const { organisation, user } = this.#store.device;
    const document = await read(this.#file, identities);
    const { body } = document;
    check(document, { organisation, user, epoch: this.#chosen.epoch && Number(this.#chosen.epoch) });
    if (this.#chosen.act === 'try') await this.#chosen.tried();
    else if (!body.items.length) throw new CryptoError('empty_backup');
    this.#show(this.#chosen.act);
    showSummary(this.#work.querySelectorAll('[data-told]'), document);
    if (this.#chosen.act === 'restore') {
      await this.#work.querySelector('bring-in').show(body.items, [], body.keyring.epochs);
    }
  }

  /** @param {string|null} step - opening, kit, try, restore; null: only what went wrong */
  #show(step) {
    hush(this.#work.querySelector('[role=alert]'));
    this.#work.hidden = false;
    for (const part of this.#work.querySelectorAll('[data-step]')) part.hidden = part.dataset.step !== step;
    for (const title of this.#work.querySelectorAll('[data-title]')) {
      title.hidden = title.dataset.title !== this.#chosen.act;
    }
    this.#work.querySelector('kit-input').clear();
    if (step === 'opening') this.#work.scrollIntoView({ block: 'start' });
    this.#work.querySelector('[data-title]:not([hidden])').focus();
  }

  get #formers() { return this.#work.querySelectorAll('form[data-device]'); }

  get #work() { return this.querySelector('[data-part=work]'); }
});
