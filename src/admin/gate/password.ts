// The fixed password of the gate "password": made into a hash that may stand in the config, and compared with it.
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** A password after scrypt, with what it was made by. */
export interface PasswordHash {
  readonly cost: number;
  readonly blockSize: number;
  readonly parallelization: number;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** As hard for who guesses as OWASP's other settings, with 16 MB the one that a small NAS bears best. */
const usual = { cost: 2 ** 14, blockSize: 8, parallelization: 5 };
const saltBytes = 16;
const hashBytes = 32;
/** The most memory and the most work that a hash in a config may ask for. */
const maxBytes = 2 ** 26;
const maxWork = 2 ** 22;

/** A hash as it stands in a config, `scrypt:16384:8:5:SALT:HASH`; undefined where it is none, or one that guesses would be too easy or too costly with. */
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

/** The hash of a password, with a fresh salt, as it stands in a config. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  const hash = await derive(password, { ...usual, salt });
  const { cost, blockSize, parallelization } = usual;
  return `scrypt:${cost}:${blockSize}:${parallelization}:${salt.toString('base64url')}:${hash.toString('base64url')}`;
}

/** Whether a password is the one that the hash was made of. */
export async function isPassword(password: string, hash: PasswordHash): Promise<boolean> {
  return timingSafeEqual(await derive(password, hash), hash.hash);
}

/** Off the main thread. A password is the same however its characters are composed. */
async function derive(
  password: string,
  { cost, blockSize, parallelization, salt }: Pick<PasswordHash, 'cost' | 'blockSize' | 'parallelization' | 'salt'>,
): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  // Node counts a little more than the 128 * cost * blockSize of the standard.
  const options = { cost, blockSize, parallelization, maxmem: 2 * maxBytes };
  scrypt(password.normalize('NFC'), salt, hashBytes, options, (error, key) => (error === null ? resolve(key) : reject(error)));
  return await promise;
}
