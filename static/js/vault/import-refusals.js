/**
 * Files that hold passwords, and can’t be read here: which program’s they are, so that a person is told what to export
 * instead.
 */
import { CryptoError } from '../crypto/errors.js';
import { isSealed, straightened } from '../crypto/sealing.js';

const ZIP = [0x50, 0x4b];
const NAMES = 4096; // bytes at its start and end: the names of files in an archive stand there
/** @type {[string, number[]][]} */
const STARTS = [
  ['keepass_database', [0x03, 0xd9, 0xa2, 0x9a]],
  ['spreadsheet', [0xd0, 0xcf, 0x11, 0xe0]], // of before 2007
  ['not_text', [0x25, 0x50, 0x44, 0x46]], // PDF
  ['not_text', [0x1f, 0x8b]], // gzip
  ['not_text', [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65]], // SQLite
];
/** @type {[string, RegExp][]} */
const IN_ARCHIVES = [
  ['archive_1password', /export\.data|export\.attributes/],
  ['archive_proton', /Proton Pass\//],
  ['archive_dashlane', /credentials\.csv|securenotes\.csv/],
  ['spreadsheet', /\[Content_Types\]\.xml|xl\/|META-INF\/manifest\.xml/],
];
/** @type {[string, RegExp][]} */
const TEXTS = [
  ['old_1password', /\*\*\*5642bee8-a5ff-11dc-8314-0800200c9a66\*\*\*/],
  ['encrypted_proton', /^-----BEGIN PGP MESSAGE-----/],
  ['keepass_xml', /^<\?xml[^]{0,400}<(KeePassFile|pwlist)\b|^<(KeePassFile|pwlist)\b/],
  ['web_page', /^(<!doctype html|<html|<head|<body|<table)\b/i],
  ['unknown_xml', /^<\?xml\b/],
];

/**
 * @param {Uint8Array} file @param {string} name - of the file, which only tells whose archive it is
 * @returns {void} throws the code of what it is, where that is known
 */
export function refuseFile(file, name) {
  if (isSealed(straightened(file))) throw new CryptoError('own_backup');
  const begins = (start) => start.every((byte, at) => file[at] === byte);
  const start = STARTS.find(([, bytes]) => begins(bytes));
  if (start) throw new CryptoError(start[0]);
  if (begins(ZIP) && file[2] < 9 && file[3] < 9) throw new CryptoError(archive(file, name));
}

/** @param {string} text @returns {void} throws as `refuseFile` */
export function refuseText(text) {
  const found = TEXTS.find(([, pattern]) => pattern.test(text.trimStart()));
  if (found) throw new CryptoError(found[0]);
}

function archive(file, name) {
  if (/\.1pux$/i.test(name)) return 'archive_1password';
  const [head, foot] = [file.subarray(0, NAMES), file.subarray(-NAMES)].map((part) =>
    new TextDecoder('latin1').decode(part),
  );
  return IN_ARCHIVES.find(([, names]) => names.test(head) || names.test(foot))?.[0] ?? 'archive';
}
