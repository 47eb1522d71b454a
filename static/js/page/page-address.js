/**
 * The address and the page agree, however fast somebody goes back and forward. Steps that htmx swapped in share one
 * page, so going back to one changes the address first; then it is loaded. Who presses again before that page has its
 * scripts changes the address of a page that hears nothing yet. So a page looks once it hears, at every step through
 * the history, and when it comes back from the browser’s cache. Fragments are none of its business, but for one
 * that the server led out of the vault with: the item that was open there is no part of a way back.
 */
const here = () => location.pathname + location.search;
let shown = atFirst();
let isLeaving = false;
let asked = new WeakSet(); // what htmx asked for since the last step through the history

/** What this page was loaded for, whatever the address is by now. Only htmx makes entries that share a page. */
function atFirst() {
  const [{ name } = { name: '' }] = performance.getEntriesByType('navigation');
  if (!history.state?.htmx || !name.startsWith(`${location.origin}/`)) return here();
  const { pathname, search } = new URL(name);
  return pathname + search;
}

function agree() {
  if (!isLeaving && shown === here()) return;
  isLeaving = true;
  asked = new WeakSet(); // its answers belong to a page that somebody has left
  location.reload();
}

addEventListener('popstate', agree);
addEventListener('pageshow', ({ persisted }) => persisted && agree());
// htmx would reload, too: after a moment, and not where an entry’s state isn’t its own.
document.addEventListener('htmx:before:history:restore', (event) => event.preventDefault());
document.addEventListener('htmx:after:history:update', () => {
  shown = here();
});
document.addEventListener('htmx:before:request', ({ detail: { ctx } }) => asked.add(ctx));
document.addEventListener('htmx:after:request', (event) => {
  if (asked.has(event.detail.ctx)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);
agree();
if (location.pathname.startsWith('/recovery') && location.hash) history.replaceState(history.state, '', here());
