/**
 * The packages that the browser’s code is made from: what is taken from each, and where they are while something is
 * made.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const HERE = import.meta.dirname ?? new URL('.', import.meta.url).pathname;

/** What a file of static/vendor consists of: exactly what static/js imports; anything else is left out. */
export const SOURCES = {
  'crypto.js': `
export { Encrypter, Decrypter, armor, identityToRecipient } from 'age-encryption';
export { base32nopad, base64, bech32 } from '@scure/base';
export { ristretto255, ristretto255_hasher, x25519 } from '@noble/curves/ed25519.js';
export { argon2id } from '@noble/hashes/argon2.js';
export { hmac } from '@noble/hashes/hmac.js';
export { sha512 } from '@noble/hashes/sha2.js';
`,
  // A file of its own: only the page that imports passwords loads it.
  'csv.js': `
import Papa from 'papaparse';
export const { parse } = Papa;
`,
};

/** The file of its package that is static/vendor/htmx.js. */
export const HTMX = 'node_modules/htmx.org/dist/htmx.esm.min.js';

/** How everything is compiled. */
export const OPTIONS = {
  bundle: true,
  format: 'esm',
  target: 'es2022',
  platform: 'browser',
  minify: true,
  charset: 'ascii',
  legalComments: 'none',
  write: false,
  metafile: true,
};

/**
 * Installs the pins into a temporary directory, never here: everything in this folder is served. A node_modules that
 * already stands beside this file (a copy of the folder after `npm ci`) is used as it is.
 *
 * @template T @param {(root: string) => Promise<T>} work - root: the folder that holds node_modules
 *   @returns {Promise<T>}
 */
export async function withPackages(work) {
  if (existsSync(join(HERE, 'node_modules'))) return work(HERE);
  const root = mkdtempSync(join(tmpdir(), 'sparekey-vendor-'));
  try {
    for (const name of ['package.json', 'package-lock.json']) cpSync(join(HERE, name), join(root, name));
    const options = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    execFileSync('npm', options, { cwd: root, stdio: 'inherit' });
    return await work(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
