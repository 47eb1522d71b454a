/** A QR code as a picture, drawn here: the server never learns what it holds. */

const SVG = 'http://www.w3.org/2000/svg';
const QUIET = 4; // modules around it, which belong to the picture

/** @param {string} text @returns {Promise<SVGElement>} black on white in whatever light */
export async function qrCode(text) {
  const { encodeQR } = await import('../../vendor/qr.js');
  const rows = encodeQR(text, 'raw', { ecc: 'medium', border: QUIET });
  const path = rows.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  const picture = element('svg', { viewBox: `0 0 ${rows.length} ${rows.length}`, 'shape-rendering': 'crispEdges' });
  picture.append(
    element('rect', { width: '100%', height: '100%', fill: '#fff' }),
    element('path', { d: path, fill: '#000' }),
  );
  return picture;
}

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
