/** Files out of the page, made in it: no address of them ever exists at the server. */
const KEPT = 60_000; // milliseconds: some browsers read it only once the person has said where to

/** @param {string} content @param {string} name - of the file */
export function download(content, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([content], { type: 'text/plain' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT);
}
