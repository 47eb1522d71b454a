/** static/vendor/qr.js: of qr what static/js uses. */
export function encodeQR(text: string, output: 'raw', options?: { ecc?: 'medium'; border?: number }): boolean[][];
