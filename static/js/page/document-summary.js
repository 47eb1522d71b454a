/** What is inside an opened document, in figures. */
import { clockTime } from './formatting.js';

/**
 * @param {NodeListOf<HTMLElement>} places - each is filled with the fact that its `data-told` names
 * @param {import('../crypto/documents.js').Document} document
 */
export function showSummary(places, { manifest, body }) {
  const facts = {
    items: body.items.length, saved: clockTime(manifest.made_at), kit: manifest.kit,
    device: manifest.devices.find(({ id }) => id === manifest.device).name,
  };
  for (const place of places) place.textContent = facts[place.dataset.told] ?? '';
}
