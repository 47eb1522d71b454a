/** The pages of the Admin Portal that open, make or hand on a recovery key, beside core. */
import '../admin/elements/approve-request.js';
import '../admin/elements/check-key.js';
import '../admin/elements/invite-file.js';
import '../admin/elements/invite-link.js';
import '../admin/elements/key-ceremony.js';
import '../admin/elements/key-file.js';
import '../admin/elements/rewrap-shares.js';
import '../admin/elements/show-digits.js';
