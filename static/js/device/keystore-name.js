/** The database of keystore.js, for who asks whether there is one before loading what reads it. */
export const NAME = 'spare-key';
