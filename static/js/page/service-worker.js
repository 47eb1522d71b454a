/**
 * Installs the service worker: for people who are signed in, as nobody else has anything to come back to. The worker
 * keeps nothing; it shows the offline page where a page can’t be loaded, and only then.
 */
const ADDRESS = '/service-worker.js';
// Trusted Types: this page can install this one worker and no other.
const policy = globalThis.trustedTypes?.createPolicy('service-worker', {
  createScriptURL(address) {
    if (address !== ADDRESS) throw new TypeError('not the worker');
    return address;
  },
});

/** After the page, which comes first. A browser that refuses goes on without it. */
export function installServiceWorker() {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  const address = policy?.createScriptURL(ADDRESS) ?? ADDRESS;
  const install = () => { serviceWorker.register(address, { updateViaCache: 'all' }).catch(() => {}); };
  if (document.readyState === 'complete') install();
  else window.addEventListener('load', install, { once: true });
}
