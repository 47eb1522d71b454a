/**
 * Makes crypto.js, csv.js and htmx.js from the pins in package.json, byte for byte the same every time.
 *
 *   node static/vendor/build.mjs            writes crypto.js, csv.js, htmx.js, LICENSES.txt, CHECKSUMS beside this file
 *   node static/vendor/build.mjs --check    writes nothing; exits 1 and names the files that differ
 *   node build.mjs --out DIRECTORY          writes elsewhere
 *
 * Packages are installed into a temporary directory, never here: everything in this folder is served.
 * A node_modules that already stands beside this file (a copy of the folder after `npm ci`) is used as it is.
 */
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const HERE = import.meta.dirname ?? new URL('.', import.meta.url).pathname;

// Exactly what static/js imports; anything else is left out of the bundle.
const BUNDLES = {
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

function install() {
  if (existsSync(join(HERE, 'node_modules'))) return { root: HERE, clean() {} };
  const root = mkdtempSync(join(tmpdir(), 'sparekey-vendor-'));
  for (const name of ['package.json', 'package-lock.json']) cpSync(join(HERE, name), join(root, name));
  const options = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', options, { cwd: root, stdio: 'inherit' });
  return { root, clean: () => rmSync(root, { recursive: true, force: true }) };
}

async function bundle(root, name) {
  const { build } = createRequire(join(root, 'package.json'))('esbuild');
  const result = await build({
    stdin: { contents: BUNDLES[name], resolveDir: root, sourcefile: name },
    absWorkingDir: root, bundle: true, format: 'esm', target: 'es2022', platform: 'browser',
    minify: true, charset: 'ascii', legalComments: 'none', write: false, metafile: true,
  });
  const used = Object.keys(result.metafile.inputs).map((path) => path.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1]);
  return { code: result.outputFiles[0].text, packages: used.filter(Boolean) };
}

function licences(root, packages) {
  return packages.map((name) => {
    const folder = join(root, 'node_modules', name);
    const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = ['LICENSE', 'LICENSE.md', 'LICENSE.txt'].map((each) => join(folder, each)).find(existsSync);
    if (!file) throw new Error(`${name} has no licence file`);
    const rule = '='.repeat(78);
    return `${rule}\n${name} ${version} (${license})\n${rule}\n\n${readFileSync(file, 'utf8').trim()}\n`;
  }).join('\n');
}

async function make(root) {
  const made = await Promise.all(Object.keys(BUNDLES).map(async (name) => [name, await bundle(root, name)]));
  const packages = [...new Set([...made.flatMap(([, { packages: used }]) => used), 'htmx.org'])].sort();
  const htmx = readFileSync(join(root, 'node_modules/htmx.org/dist/htmx.esm.min.js'), 'utf8');
  const files = {
    'LICENSES.txt': licences(root, packages),
    ...Object.fromEntries(made.map(([name, { code }]) => [name, `/*! Bundle of pinned packages: see package.json and LICENSES.txt beside this file. */\n${code}`])),
    'htmx.js': htmx,
  };
  const sums = Object.entries(files).map(([name, text]) => `${createHash('sha256').update(text).digest('hex')}  ${name}\n`);
  return { ...files, CHECKSUMS: sums.join('') };
}

const option = (name) => process.argv[process.argv.indexOf(name) + 1];
const { root, clean } = install();
try {
  const files = await make(root);
  if (process.argv.includes('--check')) {
    const differs = Object.keys(files).filter((name) => {
      const path = join(HERE, name);
      return !existsSync(path) || readFileSync(path, 'utf8') !== files[name];
    });
    for (const name of differs) console.error(`${name} is not what the pins make`);
    process.exitCode = differs.length ? 1 : 0;
  } else {
    const out = process.argv.includes('--out') ? option('--out') : HERE;
    for (const [name, text] of Object.entries(files)) writeFileSync(join(out, name), text);
  }
} finally {
  clean();
}
