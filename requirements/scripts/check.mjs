/**
 * Reads all scripts: ESLint by eslint.config.mjs; types by tsconfig.json, what may be absent by tsconfig.nulls.json
 * (whose list grows), cryptography strictly by tsconfig.crypto.json. Prints what they find, by line.
 *
 *   node requirements/scripts/check.mjs    exits 1 where there is anything to mend
 *
 * The packages are installed once for each lock file, under the cache of the person, never beside what is served.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { configFrom } from './eslint.config.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '../..');
const SCRIPTS = ['static/js/**/*.js', 'static/vendor/*.mjs', 'requirements/scripts/*.mjs'];
const PROJECTS = ['tsconfig.json', 'tsconfig.nulls.json', 'tsconfig.crypto.json'];
const PINS = ['package.json', 'package-lock.json'];

/** @returns {string} the folder whose node_modules is what the lock file says, hash by hash */
function packages() {
  const lock = createHash('sha256').update(readFileSync(join(HERE, 'package-lock.json'))).digest('hex').slice(0, 16);
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'sparekey/scripts');
  const folder = join(cache, `${lock}-${process.platform}-${process.arch}`);
  if (existsSync(folder)) return folder;
  console.error('Installing what reads scripts …');
  mkdirSync(cache, { recursive: true });
  const made = mkdtempSync(join(cache, 'new-'));
  try {
    for (const name of PINS) cpSync(join(HERE, name), join(made, name));
    const options = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    execFileSync('npm', options, { cwd: made, stdio: ['ignore', 'ignore', 'inherit'] });
    renameSync(made, folder); // whole, or not at all
    return folder;
  } catch (error) {
    if (existsSync(folder)) return folder; // somebody else was first
    throw error;
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

/** @param {NodeJS.Require} require - of the packages @returns {Promise<boolean>} */
async function hasStyle(require) {
  const { ESLint } = require('eslint');
  const overrideConfig = configFrom({ js: require('@eslint/js'), globals: require('globals') });
  const eslint = new ESLint({ cwd: ROOT, overrideConfigFile: true, overrideConfig });
  const files = await eslint.lintFiles(SCRIPTS);
  for (const { filePath, messages } of files) {
    for (const { line = 1, column = 1, message, ruleId } of messages) {
      console.log(`${filePath.slice(ROOT.length + 1)}:${line}:${column} ${message} (${ruleId ?? 'eslint'})`);
    }
  }
  return files.every(({ messages }) => messages.length === 0);
}

/** @param {NodeJS.Require} require - of the packages @returns {boolean} */
function hasTypes(require) {
  const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  return PROJECTS.map((project) => {
    const options = ['--project', `requirements/scripts/${project}`, '--pretty', 'false'];
    return spawnSync(process.execPath, [compiler, ...options], { cwd: ROOT, stdio: 'inherit' }).status;
  }).every((status) => status === 0);
}

const require = createRequire(join(packages(), 'package.json'));
const isFine = [await hasStyle(require), hasTypes(require)].every(Boolean);
process.exitCode = isFine ? 0 : 1;
