/**
 * htmx under this site's rules. Imported before any element, so that all of it holds before htmx looks at the page
 * (htmx waits for a task of its own after loading).
 */
import htmx from '../vendor/htmx.js';

Object.assign(htmx.config, {
  history: 'reload', // Back is an ordinary page load: no markup with anybody's data is kept
  noSwap: [204, 304, 401, '5xx'], // an ended session or a failing server leaves what is on the screen
  defaultSwap: 'outerHTML',
  // It would put the attributes of what goes on what comes, for a moment. A box that somebody made larger has a style, and
  // so has a field that a browser’s extension marks: the content policy refuses to write it.
  defaultSettleDelay: 0,
});

function refuse() {
  throw new TypeError('htmx runs no script here');
}

// Only htmx may turn text into markup, and only text from our server; nothing may become a script.
const policy = globalThis.trustedTypes?.createPolicy('htmx', { createHTML: (markup) => markup, createScript: refuse })
  ?? { createHTML: (markup) => markup, createScript: refuse };

htmx.registerExtension('spare-key', {
  init: (api) => api.initSecurity(policy, refuse, refuse),
  htmx_config_request(_element, { ctx }) {
    // htmx would send the whole address; a fragment may hold a secret and a query is nobody's business.
    ctx.request.headers['HX-Current-URL'] = location.origin + location.pathname;
  },
});

const connection = (state) => () => {
  document.documentElement.dataset.connection = state;
};

document.addEventListener('htmx:error', ({ detail }) => detail.ctx && connection('lost')());
document.addEventListener('htmx:response:error', ({ detail: { ctx } }) => {
  if (ctx.response.status >= 500) connection('failing')();
  // Signed out, but without an address to go to: a page load finds the way.
  if (ctx.response.status === 401 && !ctx.hx.redirect) location.reload();
});
document.addEventListener('htmx:after:request', ({ detail: { ctx } }) => ctx.response.status < 500 && connection('working')());

// What came of a form is looked at, not searched for: what it answers may be taller than the window, or stand above it.
document.addEventListener('htmx:finally:request', ({ detail: { ctx } }) => {
  if (ctx.status !== 'swapped' || ctx.request.method !== 'POST' || ctx.swap.includes('show:')) return;
  const shown = document.getElementById(ctx.target.id);
  const told = shown?.querySelector('[aria-invalid="true"], [role="alert"]:not([hidden]), [data-outcome]');
  if (!told) return;
  told.focus({ preventScroll: true }); // a field; nothing else there takes it
  const { top, bottom } = told.getBoundingClientRect();
  if (top < 0 || bottom > innerHeight) (told.closest('.field') ?? told).scrollIntoView();
});

export default htmx;
