/** For the page that a scanned pairing code opens: its fragment is nobody else’s business, so htmx isn’t loaded. */
import '../pairing/elements/scanned-code.js';
import '../page/elements/exact-times.js';
import '../page/elements/time-left.js';
