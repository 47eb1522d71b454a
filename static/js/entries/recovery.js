/** The ways back, beside core: Account Recovery, pairing on both sides, the waiting, and what ends each. */
import '../page/elements/kit-input.js';
import '../backups/elements/newest-copy.js';
import '../recovery/elements/self-service-recovery.js';
import '../pairing/elements/pairing-join.js';
import '../pairing/elements/pairing-host.js';
import '../pairing/elements/pairing-code.js';
import '../pairing/elements/pairing-ended.js';
import '../pairing/elements/pairing-pin.js';
import '../backups/elements/recovery-kit.js';
import '../recovery/elements/recovery-preview.js';
import '../recovery/elements/restore-fingerprint.js';
import '../recovery/elements/restore-finish.js';
import '../recovery/elements/restore-request.js';
import '../recovery/elements/voice-check.js';
