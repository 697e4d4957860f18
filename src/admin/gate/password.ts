// The fixed password of the gate "password": hashes it for the config, and compares passwords with the hash.
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** A password after scrypt, with the parameters used. */
export interface PasswordHash {
  readonly cost: number;
  readonly blockSize: number;
  readonly parallelization: number;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** As costly for an attacker as OWASP's other settings; with 16 MB of memory, this one suits a small NAS best. */
const usual = { cost: 2 ** 14, blockSize: 8, parallelization: 5 };
const saltBytes = 16;
const hashBytes = 32;
/** The most memory and work that a hash in a config may require. */
const maxBytes = 2 ** 26;
const maxWork = 2 ** 22;

/** Reads a hash of a config, `scrypt:16384:8:5:SALT:HASH`; undefined if it is invalid, or if it makes guesses too easy or checks too costly. */
export function parsePasswordHash(text: string): PasswordHash | undefined {
  const match = /^scrypt:(\d{1,7}):(\d{1,2}):(\d{1,2}):([\w-]{22}):([\w-]{43})$/.exec(text);
  if (match === null) return undefined;
  const [, cost = '', blockSize = '', parallelization = '', salt = '', digest = ''] = match;
  const parsed = {
    cost: Number(cost),
    blockSize: Number(blockSize),
    parallelization: Number(parallelization),
    salt: Buffer.from(salt, 'base64url'),
    hash: Buffer.from(digest, 'base64url'),
  };
  const work = parsed.cost * parsed.blockSize * parsed.parallelization;
  const isFit =
    Number.isInteger(Math.log2(parsed.cost)) &&
    work >= usual.cost * usual.blockSize &&
    work <= maxWork &&
    128 * parsed.cost * parsed.blockSize <= maxBytes;
  return isFit ? parsed : undefined;
}

/** The hash of a password, with a new salt, in the form for the config. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  const hash = await derive(password, { ...usual, salt });
  const { cost, blockSize, parallelization } = usual;
  return `scrypt:${cost}:${blockSize}:${parallelization}:${salt.toString('base64url')}:${hash.toString('base64url')}`;
}

/** Whether a password matches the hash. */
export async function isPassword(password: string, hash: PasswordHash): Promise<boolean> {
  return timingSafeEqual(await derive(password, hash), hash.hash);
}

/** Runs scrypt off the main thread. A password is normalised, so that the composition of its characters does not matter. */
async function derive(
  password: string,
  {
    cost,
    blockSize,
    parallelization,
    salt,
  }: Pick<PasswordHash, 'cost' | 'blockSize' | 'parallelization' | 'salt'>,
): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  // Node needs slightly more than the 128 * cost * blockSize of the standard.
  const options = { cost, blockSize, parallelization, maxmem: 2 * maxBytes };
  scrypt(password.normalize('NFC'), salt, hashBytes, options, (error, key) =>
    error === null ? resolve(key) : reject(error),
  );
  return await promise;
}
