/** Asks for the chosen backup: makes the keys of a new device here, keeps them, and signs the request before it is sent. */
import { AskingForm } from '../asking-form.js';
import { makeRequest } from '../crypto/restore-requests.js';

customElements.define('restore-request', class extends AskingForm {
  make(form) {
    const { value: backup, dataset: { fileSha256 } } = form.querySelector('input[name=backup]:checked');
    return this.ask('request', async (parts) => {
      const made = await makeRequest({ ...parts, fileSha256, backup });
      return { ...made, id: made.request };
    });
  }
});
