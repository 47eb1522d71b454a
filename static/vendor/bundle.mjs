/**
 * Makes static/dist from static/js, static/css and the packages that package.json pins, byte for byte the same every
 * time.
 *
 *   node static/vendor/bundle.mjs            writes static/dist anew
 *   node static/vendor/bundle.mjs --check    writes nothing; exits 1 and names the files that differ
 *
 * What comes out: a script for each file of static/js/entries, `shared.js` and `crypto.js` (what several of them need,
 * without and with cryptography), what is loaded on demand, the worker, the style sheet; `manifest.json` (what each was
 * made from and what it imports) and CHECKSUMS (of every file that production serves).
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { HTMX, OPTIONS, SOURCES, withPackages } from './packages.mjs';

const HERE = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const STATIC = dirname(HERE);
const DIST = join(STATIC, 'dist');

const ENTRIES = ['core', 'recovery', 'vault', 'admin'].map((name) => `js/entries/${name}.js`);
const KEYS = 'js/device/keys.js';
// Each in one file with all that it needs: a worker for the sake of its own content policy, and the pages of a link,
// which load little else.
const ALONE = {
  'invite.js': 'js/entries/invite.js',
  'waiting.js': 'js/entries/waiting.js',
  'workers/kdf.js': 'js/device/workers/kdf.js',
};
const STYLE = 'css/style.css';
const RECIPE = ['vendor/bundle.mjs', 'vendor/package-lock.json', 'vendor/package.json', 'vendor/packages.mjs'];
// What production serves beside dist; tests/web/test_bundles.py holds it against webapp/web/assets.py.
const SERVED_AS_THEY_ARE = ['images', 'site.webmanifest', 'vendor/LICENSES.txt'];
const BANNER = { js: '/*! Spare Key. Packages in it: vendor/LICENSES.txt */' };

const sha256 = (content) => createHash('sha256').update(content).digest('hex');
const byName = ([one], [other]) => (one < other ? -1 : 1);

/** @param {string} path - in static @returns {string[]} the files there, but for those whose name begins with a dot */
function filesUnder(path) {
  if (!statSync(join(STATIC, path)).isDirectory()) return [path];
  return readdirSync(join(STATIC, path))
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) => filesUnder(`${path}/${name}`));
}

/** Where source modules name a file of static/vendor, bundles take what that file was made from. */
function fromPackages(root) {
  return {
    name: 'from-packages',
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /\/vendor\/htmx\.js$/ }, () => ({ path: join(root, HTMX) }));
      onResolve({ filter: /\/vendor\/crypto\.js$/ }, () => ({ path: 'crypto.js', namespace: 'vendor' }));
      // On demand, a file of its own
      onResolve({ filter: /\/vendor\/csv\.js$/ }, () => ({ path: './csv.js', external: true }));
      onLoad({ filter: /.*/, namespace: 'vendor' }, ({ path }) => ({ contents: SOURCES[path], resolveDir: root }));
    },
  };
}

/**
 * esbuild cuts a chunk for each set of entries that have modules in common, which makes a dozen requests. Here each of
 * them imports what any two have in common, so that there are two chunks: what core needs, and the rest, cryptography
 * among it.
 */
function sharing({ ofCore, others }) {
  const imports = (paths) => paths.map((path) => `import './${path}';\n`).join('');
  return {
    name: 'sharing',
    setup({ onLoad, onResolve }) {
      onLoad({ filter: /\/js\/(entries\/\w+|device\/keys)\.js$/ }, ({ path }) => {
        const first = path.endsWith('/core.js')
          ? "import 'shared:core';"
          : "import 'shared:core';\nimport 'shared:others';";
        return { contents: `${first}\n${readFileSync(path, 'utf8')}` };
      });
      onResolve({ filter: /^shared:/ }, ({ path }) => ({ path, namespace: 'shared' }));
      onLoad({ filter: /.*/, namespace: 'shared' }, ({ path }) => {
        return { contents: imports(path === 'shared:core' ? ofCore : others), resolveDir: STATIC };
      });
    },
  };
}

/** @returns {Set<string>} the module of esbuild’s metafile and what it imports statically */
function reached(inputs, path, found = new Set()) {
  if (found.has(path)) return found;
  found.add(path);
  for (const { path: next, kind, external } of inputs[path].imports) {
    if (kind === 'import-statement' && !external) reached(inputs, next, found);
  }
  return found;
}

/** @returns {{ofCore: string[], others: string[]}} our modules that more than one entry needs */
function shared({ inputs }) {
  const reaches = [...ENTRIES, KEYS].map((entry) => reached(inputs, entry));
  const common = Object.keys(inputs).filter(
    (path) => path.startsWith('js/') && reaches.filter((each) => each.has(path)).length > 1,
  );
  return {
    ofCore: common.filter((path) => reaches[0].has(path)),
    others: common.filter((path) => !reaches[0].has(path)),
  };
}

/** Chunks get names that stay, as all of static/ is served from a folder that is named after its content. */
function stableName(path, { entryPoint, inputs }) {
  if (entryPoint === KEYS) return 'keys.js';
  if (entryPoint) return path.slice('dist/'.length);
  return 'vendor:crypto.js' in inputs ? 'crypto.js' : 'shared.js';
}

/** The packages are in another temporary directory each time. */
const withoutFolder = (source) => source.replace(/^(\.\.\/.*?)(?=node_modules\/|[^/]+$)/, '');

/** @returns {object} output by its name in dist: {text, sources, imports} */
function outputs({ metafile, outputFiles }) {
  const names = Object.fromEntries(
    Object.entries(metafile.outputs).map(([path, output]) => [path, stableName(path, output)]),
  );
  if (new Set(Object.values(names)).size < Object.keys(names).length) {
    throw new Error('more chunks than names for them');
  }
  return Object.fromEntries(Object.entries(metafile.outputs).map(([path, { imports, inputs }]) => {
    let { text } = outputFiles.find((file) => file.path.endsWith(`/${path}`));
    for (const [made, name] of Object.entries(names)) text = text.replaceAll(made.slice('dist/'.length), name);
    return [
      names[path],
      {
        text,
        sources: Object.keys(inputs).map(withoutFolder).sort(),
        imports: imports
          .filter(({ kind, external }) => kind === 'import-statement' && !external)
          .map((each) => names[each.path])
          .sort(),
      },
    ];
  }));
}

async function compile(root) {
  const { build } = createRequire(join(root, 'package.json'))('esbuild');
  const make = (entryPoints, more = {}) => build({
    ...OPTIONS, absWorkingDir: STATIC, outdir: 'dist', entryPoints, banner: BANNER, external: ['*.svg'], ...more,
    plugins: [fromPackages(root), ...(more.plugins ?? [])],
  });
  const together = { splitting: true, entryNames: '[name]', chunkNames: '[name]-[hash]' };
  const { metafile } = await make(ENTRIES, together);
  const made = outputs(await make(ENTRIES, { ...together, plugins: [sharing(shared(metafile))] }));
  for (const [name, entry] of Object.entries(ALONE)) {
    Object.assign(made, outputs(await make([entry], { entryNames: name.replace(/\.js$/, '') })));
  }
  Object.assign(made, outputs(await make([STYLE], { entryNames: '[name]' })));
  const csv = { contents: SOURCES['csv.js'], resolveDir: root, sourcefile: 'csv.js' };
  Object.assign(made, outputs(await make(undefined, { stdin: csv, entryNames: 'csv' })));
  return made;
}

/** @returns {Promise<object>} all of static/dist: text by name */
async function make(root) {
  const made = Object.entries(await compile(root)).sort(byName);
  const files = Object.fromEntries(made.map(([name, { text }]) => [name, text]));
  const inputs = ['css', 'js', ...RECIPE].flatMap(filesUnder).sort();
  const manifest = {
    inputs: Object.fromEntries(inputs.map((path) => [path, sha256(readFileSync(join(STATIC, path)))])),
    outputs: Object.fromEntries(
      made.map(([name, { text, sources, imports }]) => [name, { sha256: sha256(text), imports, sources }]),
    ),
  };
  const served = [
    ...made.map(([name, { text }]) => [`dist/${name}`, sha256(text)]),
    ...SERVED_AS_THEY_ARE.flatMap(filesUnder).map((path) => [path, sha256(readFileSync(join(STATIC, path)))]),
  ];
  files['manifest.json'] = `${JSON.stringify(manifest, null, 1)}\n`;
  files.CHECKSUMS = served.sort(byName).map(([path, sum]) => `${sum}  ${path}\n`).join('');
  return files;
}

function differing(files) {
  const there = existsSync(DIST) ? filesUnder('dist').map((path) => path.slice('dist/'.length)) : [];
  const same = (name) => there.includes(name) && readFileSync(join(DIST, name), 'utf8') === files[name];
  return [...new Set([...Object.keys(files), ...there])].filter((name) => !(name in files && same(name))).sort();
}

await withPackages(async (root) => {
  const files = await make(root);
  if (process.argv.includes('--check')) {
    const names = differing(files);
    for (const name of names) console.error(`dist/${name} is not what the sources make: run make bundles`);
    process.exitCode = names.length ? 1 : 0;
    return;
  }
  rmSync(DIST, { recursive: true, force: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(DIST, name)), { recursive: true });
    writeFileSync(join(DIST, name), text);
  }
});
