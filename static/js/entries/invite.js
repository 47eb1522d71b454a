/** For the pages of an invite link: the fragment of their address is nobody else’s business, so htmx isn’t loaded. */
import '../device/elements/invite-pin.js';
import '../page/elements/reveal-field.js';
