/**
 * htmx under this site's rules. Imported before any element, so that all of it holds before htmx looks at the page
 * (htmx waits for a task of its own after loading).
 */
import htmx from '../../vendor/htmx.js';
import { goAgain, heard } from './form-retries.js';
import { sentence } from './error-messages.js';
import { isOurPage, whoAnswered, withoutMark } from './who-answered.js';

Object.assign(htmx.config, {
  history: 'reload', // Back is an ordinary page load: no markup with anybody's data is kept
  noSwap: [204, 304, 401, '5xx'], // an ended session or a failing server leaves what is on the screen
  defaultSwap: 'outerHTML',
  // It would put the attributes of what goes on what comes, for a moment. A box that somebody made larger has a style,
  // and so has a field that a browser’s extension marks: the content policy refuses to write it.
  defaultSettleDelay: 0,
});

/** @returns {never} */
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
  const { dataset } = document.documentElement;
  if (dataset.connection !== 'outdated') dataset.connection = state; // that stays true until the page is loaded anew
};

const MEGABYTE = 1024 * 1024;
let isFormUnanswered = false; // what is said of a form stays until a form is answered: polls go on meanwhile

/** Somebody else answered: nothing of it comes into the page, and the page says who it probably was. */
function unanswered({ request, response, ...ctx }) {
  const { code, ...details } = whoAnswered(response.raw);
  again(ctx, { isHarmless: code !== 'size_limit', details });
  const size = Math.max((request.body?.toString().length ?? 0) / MEGABYTE, 0.1);
  const line = document.querySelector('#connection [data-when=unanswered]');
  if (line) {
    const said = sentence(null, code, { ...details, size: size.toFixed(1), needed: Math.ceil(size) + 1 });
    line.textContent = `${said} ${sentence(line.parentElement, 'form_kept')}`;
  }
  connection('unanswered')();
  isFormUnanswered ||= request.method === 'POST' && !ctx.sourceElement.hidden; // else the page posted it by itself
}

const formOf = ({ sourceElement }) => sourceElement?.closest?.('form');
const again = (ctx, error) => goAgain(formOf(ctx), ctx.sourceEvent?.submitter, error);

/**
 * `fetch` follows a redirect and fails where that leads elsewhere: a question of our own tells a sign-in page from no
 * network.
 */
async function askWhoRedirects() {
  const [icon] = document.querySelectorAll('link[rel=icon]');
  const raw = icon && (await fetch(icon.href, { redirect: 'manual', cache: 'no-store' }).catch(() => null));
  if (raw?.type === 'opaqueredirect') unanswered({ request: {}, response: { raw } });
}

document.addEventListener('htmx:error', ({ detail: { ctx } }) => {
  if (!ctx) return;
  connection('lost')();
  if (!ctx.response) again(ctx, { isHarmless: true });
  if (navigator.onLine) askWhoRedirects();
});
// Before anything of the answer acts: by its mark alone a page or a fragment is our server’s.
document.addEventListener('htmx:after:request', (event) => {
  const { ctx } = event.detail;
  if (isOurPage(ctx.response.headers, ctx.text)) {
    ctx.text = withoutMark(ctx.text);
    heard(formOf(ctx));
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  unanswered(ctx);
}, true);
document.addEventListener('htmx:response:error', ({ detail: { ctx } }) => {
  if (ctx.response.status >= 500) connection('failing')();
  // Signed out, as our server says: who signs in again comes back to this page.
  if (ctx.response.status === 401) {
    ctx.hx.redirect = `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
  }
});
document.addEventListener('htmx:after:request', ({ detail: { ctx } }) => {
  if (ctx.response.status >= 500 || (isFormUnanswered && ctx.request.method === 'GET')) return;
  isFormUnanswered = false;
  connection('working')();
});

// A fragment of a later release may hold an element that the scripts of this page don’t know: it would stand there and
// do nothing. What a browser’s extension puts into the page is none of the fragment’s.
document.addEventListener('htmx:finally:request', ({ detail: { ctx } }) => {
  if (document.readyState !== 'complete' || ctx.status !== 'swapped') return;
  const names = ctx.text.match(/(?<=<)[a-z]+-[\w-]+/g) ?? [];
  if (names.some((name) => document.querySelector(`${name}:not(:defined)`))) connection('outdated')();
});

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
