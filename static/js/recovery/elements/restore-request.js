/**
 * Requests the chosen backup: generates the keys of a new device, stores them here, and signs the request before it is
 * sent. The request names the recovery key that opens the backup and the approvers, as the page names them now. Where
 * this browser knows another recovery key, it asks the person first whether they know why.
 */
import { SignedRequestForm } from '../../device/signed-request-form.js';
import { organisationKey as served } from '../../backups/backup.js';
import { CryptoError } from '../../crypto/errors.js';
import { pathBetween } from '../../crypto/key-successions.js';
import { makeRequest } from '../../crypto/restore-requests.js';
import { pinOf } from '../../device/keystore.js';
import { isElsewhere } from '../../device/known-keys.js';

customElements.define('restore-request', class extends SignedRequestForm {
  async make(form) {
    const approvers = this.dataset.approvers.split(' ').filter(Boolean); // as they are before the request has an id
    const {
      value: backup,
      dataset: { fileSha256, organisationKey },
    } = form.querySelector('input[name=backup]:checked');
    const path = await this.#pathTo(organisationKey);
    const isForeign = path === null;
    const foreign = form.querySelector('[data-part=foreign]');
    if (isForeign && !foreign.querySelector('input').checked) {
      foreign.hidden = false;
      throw new CryptoError('foreign_key');
    }
    const successions = (path ?? []).map(({ succession }) => succession);
    return this.ask('request', async (parts) => {
      const made = await makeRequest({ ...parts, fileSha256, backup, organisationKey, successions, approvers });
      return { ...made, id: made.request };
    }, { check: isForeign ? { unconfirmed: true } : null });
  }

  /**
   * The successions from the key that this browser knows to the one that the page names: none where it knows no key;
   * null where none lead there.
   */
  async #pathTo(organisationKey) {
    const { organisation } = this.dataset;
    if (await isElsewhere(organisation)) return null;
    const known = (await pinOf(organisation))?.fingerprint;
    if (!known) return [];
    const { successions } = await served();
    return pathBetween(successions, organisation, known, organisationKey);
  }
});
