/** Files out of the page, made in it: no address of them ever exists at the server. */
const KEPT = 60_000; // milliseconds: some browsers read it only once the person has said where to

/** @param {string|Uint8Array} content @param {string} name - of the file @param {string} [type] */
export function download(content, name, type = 'text/plain') {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([/** @type {BlobPart} */ (content)], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT);
}
