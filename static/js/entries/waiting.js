/** The page of a server without its database. */
import '../page/elements/wait-for-server.js';
