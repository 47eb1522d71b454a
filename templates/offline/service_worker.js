{# The service worker, whole: see webapp/web/service_worker.py. needs: page, policy #}
const PAGE = {{ page | tojson }};
const HEADERS = { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': {{ policy | tojson }},
  'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store' };
// A newer one takes over at once: there is nothing that two of them could see differently.
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('fetch', (event) => {
  const { mode, method } = event.request;
  if (mode !== 'navigate' || method !== 'GET') return; // the browser asks, as if there were no worker
  event.respondWith(fetch(event.request).catch(() => new Response(PAGE, { status: 503, headers: HEADERS })));
});
