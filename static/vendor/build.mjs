/**
 * Makes crypto.js, csv.js and htmx.js from the pins in package.json, byte for byte the same every time.
 *
 *   node static/vendor/build.mjs            writes crypto.js, csv.js, htmx.js, LICENSES.txt, CHECKSUMS beside this file
 *   node static/vendor/build.mjs --check    writes nothing; exits 1 and names the files that differ
 *   node build.mjs --out DIRECTORY          writes elsewhere
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { HTMX, OPTIONS, SOURCES, withPackages } from './packages.mjs';

const HERE = import.meta.dirname ?? new URL('.', import.meta.url).pathname;

async function bundle(root, name) {
  const { build } = createRequire(join(root, 'package.json'))('esbuild');
  const result = await build({
    ...OPTIONS, stdin: { contents: SOURCES[name], resolveDir: root, sourcefile: name }, absWorkingDir: root,
  });
  const used = Object.keys(result.metafile.inputs).map(
    (path) => path.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1],
  );
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
  const made = await Promise.all(Object.keys(SOURCES).map(async (name) => [name, await bundle(root, name)]));
  const packages = [...new Set([...made.flatMap(([, { packages: used }]) => used), 'htmx.org'])].sort();
  const htmx = readFileSync(join(root, HTMX), 'utf8');
  const files = {
    'LICENSES.txt': licences(root, packages),
    ...Object.fromEntries(
      made.map(([name, { code }]) => [
        name,
        `/*! Bundle of pinned packages: see package.json and LICENSES.txt beside this file. */\n${code}`,
      ]),
    ),
    'htmx.js': htmx,
  };
  const sums = Object.entries(files).map(
    ([name, text]) => `${createHash('sha256').update(text).digest('hex')}  ${name}\n`,
  );
  return { ...files, CHECKSUMS: sums.join('') };
}

const option = (name) => process.argv[process.argv.indexOf(name) + 1];

await withPackages(async (root) => {
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
});
