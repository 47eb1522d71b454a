/** static/vendor/crypto.js: of age-encryption, @noble/curves, @noble/hashes and @scure/base what static/js uses. */
type Bytes = Uint8Array<ArrayBuffer>;

export class Encrypter {
  addRecipient(recipient: string): void;
  setPassphrase(passphrase: string): void;
  setScryptWorkFactor(logN: number): void;
  encrypt(plaintext: Uint8Array | string): Promise<Bytes>;
}

export class Decrypter {
  addIdentity(identity: string | CryptoKey): void;
  addPassphrase(passphrase: string): void;
  decrypt(file: Uint8Array): Promise<Bytes>;
}

export const armor: { encode(file: Uint8Array): string; decode(text: string): Bytes };
export function identityToRecipient(identity: string | CryptoKey): Promise<string>;

interface Coder {
  encode(bytes: Uint8Array): string;
  decode(text: string): Bytes;
}

export const base64: Coder;
export const base32nopad: Coder;
export const bech32: {
  encodeFromBytes(prefix: string, bytes: Uint8Array): string;
  decodeToBytes(text: string): { prefix: string; bytes: Bytes };
};

export const x25519: { scalarMult(scalar: Uint8Array, point: Uint8Array): Bytes };

/** A point of ristretto255. */
export interface Point {
  multiply(scalar: bigint): Point;
  equals(other: Point): boolean;
  toBytes(): Bytes;
}

export const ristretto255: {
  Point: { ZERO: Point; Fn: { fromBytes(bytes: Uint8Array): bigint }; fromBytes(bytes: Uint8Array): Point };
};
export const ristretto255_hasher: { deriveToCurve(bytes: Uint8Array): Point };

interface Hash {
  (bytes: Uint8Array): Bytes;
}

export const sha512: Hash;
export function hmac(hash: Hash, key: Uint8Array, message: Uint8Array): Bytes;
export function argon2id(
  password: Uint8Array,
  salt: Uint8Array,
  options: { t: number; m: number; p: number; dkLen?: number },
): Bytes;
