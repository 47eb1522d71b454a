/**
 * Which module may import which: the tables below, and a rule of ESLint that holds modules against them. Paths are
 * those below static/js; what is borrowed is `vendor/…`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** The first row that fits a module decides. `$1` is what the row’s first group has found. */
const MAY_IMPORT = [
  { module: /^entries\//, imports: ['\\w+/elements/', 'page/htmx-setup.js'] },
  { module: /^crypto\//, imports: ['crypto/', 'vendor/crypto.js'] },
  { module: /^device\/workers\//, imports: ['crypto/', 'vendor/crypto.js'] },
  { module: /^page\/htmx-setup\.js$/, imports: ['page/[^/]+$', 'vendor/htmx.js'] },
  { module: /^page\/tables\.js$/, imports: ['page/[^/]+$', 'crypto/', 'vendor/csv.js'] },
  { module: /^page\/[^/]+$/, imports: ['page/[^/]+$', 'crypto/'] },
  { module: /^device\/[^/]+$/, imports: ['device/[^/]+$', 'page/[^/]+$', 'crypto/'] },
  // What is saved is backed up, and a recovery ends with a backup.
  {
    module: /^(vault|recovery)\/(elements\/)?[^/]+$/,
    imports: ['$1/[^/]+$', 'backups/[^/]+$', 'device/[^/]+$', 'page/[^/]+$', 'crypto/'],
  },
  {
    module: /^(device|page|backups|pairing|admin)\/(elements\/)?[^/]+$/,
    imports: ['$1/[^/]+$', 'device/[^/]+$', 'page/[^/]+$', 'crypto/'],
  },
];

/** What loads without cryptography, however long the way to it is. What is imported later, on demand, doesn’t count. */
const LIGHT = /^entries\/(core|waiting)\.js$/;
const HEAVY = /^(crypto\/|vendor\/crypto\.js$)/;

const STATIC_IMPORT = /^(?:import|export)\s[^'"`;]*?from\s*['"](\.[^'"]+)['"]|^import\s*['"](\.[^'"]+)['"]/gm;

/** @param {string} folder - static/js @param {string} path @returns {string} as in the tables */
const named = (folder, path) => relative(folder, path).split(sep).join('/').replace(/^\.\.\/vendor\//, 'vendor/');

/** @param {string} path - of a file @returns {string[]} of what it imports before it runs */
function importsOf(path) {
  if (!existsSync(path)) return [];
  const found = readFileSync(path, 'utf8').matchAll(STATIC_IMPORT);
  return [...found].map(([, from, alone]) => join(dirname(path), from ?? alone));
}

/** @returns {string[]|null} the way from one module to the first that `isSought` */
function wayTo(isSought, path, seen = new Set()) {
  if (seen.has(path)) return null;
  seen.add(path);
  if (isSought(path)) return [path];
  for (const next of path.includes(`${sep}vendor${sep}`) ? [] : importsOf(path)) {
    const way = wayTo(isSought, next, seen);
    if (way) return [path, ...way];
  }
  return null;
}

function create(context) {
  const [folder] = context.filename.match(/^.*[/\\]static[/\\]js(?=[/\\])/) ?? [];
  if (!folder) return {};
  const module = named(folder, context.filename);
  const row = MAY_IMPORT.find((each) => each.module.test(module));
  const [, first = ''] = row?.module.exec(module) ?? [];
  const allowed = (row?.imports ?? []).map((each) => new RegExp(`^${each.replace('$1', first)}`));
  const told = (way) => way.map((path) => named(folder, path)).join(' → ');

  function check(node) {
    const { source } = node;
    if (!source || typeof source.value !== 'string') return;
    const path = join(dirname(context.filename), source.value);
    const imported = named(folder, path);
    const isPlain = source.value.startsWith('.') && existsSync(path);
    const report = (message) => context.report({ node: source, message });
    if (!isPlain) report('There is no such file.');
    else if (!allowed.some((each) => each.test(imported))) report(`${module} may not import ${imported}.`);
    if (!isPlain || node.type === 'ImportExpression') return;
    const circle = wayTo((each) => each === context.filename, path);
    if (circle) report(`A circle of imports: ${module} → ${told(circle)}.`);
    const heavy = LIGHT.test(module) && wayTo((each) => HEAVY.test(named(folder, each)), path);
    if (heavy) report(`${module} may not reach cryptography: ${told(heavy)}.`);
  }

  return {
    ImportDeclaration: check, ImportExpression: check, ExportNamedDeclaration: check, ExportAllDeclaration: check,
    'Program:exit': (node) => {
      if (!row) context.report({ node, message: `${module} is in no row of MAY_IMPORT.` });
    },
  };
}

export const imports = { rules: { allowed: { meta: { type: 'problem', schema: [] }, create } } };
