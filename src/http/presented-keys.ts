// The two keys in an address: as they stand there, or as far as they can be found in an address that is not quite right.
import type { Presented } from '../entry/gate.ts';

/** What a caller presented, as bytes. */
export type PresentedKeys = Omit<Presented, 'address'>;

/** A path that is longer does not lead to keys. */
const longestPath = 8192;

/** The last two parts of a path, which may be the keys: for the log, if something stands before or behind them that does not belong there. */
export function toLastKeys(path: string): PresentedKeys | undefined {
  if (path.length > longestPath) return undefined;
  const task = findLastPart(path, path.length);
  const magic = task && findLastPart(path, task.start - 1);
  return magic && task && toKeys(magic.part, task.part);
}

function findLastPart(
  path: string,
  before: number,
): { readonly part: string; readonly start: number } | undefined {
  let end = before;
  while (end > 0 && path[end - 1] === '/') end--;
  if (end <= 0) return undefined;
  const start = path.lastIndexOf('/', end - 1) + 1;
  return { part: path.slice(start, end), start };
}

/** What is copied along with an address: blanks, line ends, quotation marks, brackets, and what ends a sentence. */
const copiedBefore = /[\s\u200b"'“‘«<([{]/;
const copiedBehind = /[\s\u200b"'”’»>)\]}.,;:!?/\\]/;

/** The keys without what was copied along with them; undefined if nothing was. */
export function toPastedKeys(magicKey: string, taskKey: string): PresentedKeys | undefined {
  if (/^[\w-]/.test(magicKey) && /[\w-]$/.test(taskKey) && !taskKey.includes('%')) return undefined;
  const keys = toKeys(magicKey, taskKey);
  const magic = Buffer.from(keys.magicKey).toString();
  const task = Buffer.from(keys.taskKey).toString();
  let start = 0;
  while (copiedBefore.test(magic.charAt(start))) start++;
  let end = task.length;
  while (copiedBehind.test(task.charAt(end - 1))) end--;
  return start === 0 && end === task.length
    ? undefined
    : { magicKey: Buffer.from(magic.slice(start)), taskKey: Buffer.from(task.slice(0, end)) };
}

export function toKeys(magicKey: string, taskKey: string): PresentedKeys {
  return { magicKey: toPresented(magicKey), taskKey: toPresented(taskKey) };
}

/** A path part as it is presented: nearly all are plain text, which spares its bytes. */
function toPresented(part: string): Uint8Array | string {
  return /[%\x80-\xff]/.test(part) ? toBytes(part) : part;
}

/** The bytes of a percent-encoded path part; if it is not valid UTF-8, the empty text, which is never a key. */
export function toBytes(part: string): Uint8Array {
  if (!part.includes('%')) return Buffer.from(part, 'latin1');
  try {
    return Buffer.from(decodeURIComponent(part));
  } catch {
    return Buffer.alloc(0);
  }
}
