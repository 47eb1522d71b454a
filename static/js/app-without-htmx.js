/** For the pages of an invite link: the fragment of their address is nobody else’s business, so htmx isn’t loaded. */
import './elements/invite-pin.js';
import './elements/reveal-field.js';
