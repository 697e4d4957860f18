// Reads the files of a config: completely, without waiting, and up to a limit.
import fs from 'node:fs';
import { toErrorCode } from '../errors.ts';
import { lookAt } from '../look.ts';

/** The largest text file that a config may refer to. */
const maxTextBytes = 10_000_000;
/** The size of the pieces read from a file whose size the system does not know, as in /proc. */
const pieceBytes = 65_536;

/** Why a file cannot be used, as sentences without the final full stop. */
export interface FileProblem {
  readonly problem: string;
  readonly isMissing: boolean;
}

const notRegular = refuse('Give a regular file: this is something else, such as a folder');

/** Reads a regular file as UTF-8. Returns the text, or what is wrong with the file. Never throws. */
export function loadText(file: string): { readonly text: string } | FileProblem {
  const read = loadBytes(file, maxTextBytes);
  return 'problem' in read ? read : toText(read.bytes);
}

/** Decodes bytes as UTF-8, without a byte order mark. */
export function toText(bytes: Buffer): { readonly text: string } | FileProblem {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { problem: 'Save the file as UTF-8: it holds bytes that are something else', isMissing: false };
  }
}

/** Reads a regular file of at most so many bytes. Returns the bytes, or what is wrong with the file. Never throws. */
export function loadBytes(file: string, maxBytes = maxTextBytes): { readonly bytes: Buffer } | FileProblem {
  // The file is checked before it is opened, because opening alone makes some devices act.
  const found = lookAt(file);
  if (found.kind === 'there' && !found.stat.isFile()) return notRegular;
  let what: 'open' | 'read' = 'open';
  try {
    const fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK | fs.constants.O_NOCTTY);
    what = 'read';
    try {
      const stat = fs.fstatSync(fd);
      if (!stat.isFile()) return notRegular;
      const bytes = stat.size > maxBytes ? undefined : readUpTo(fd, maxBytes, stat.size);
      return bytes === undefined
        ? refuse(`Give a smaller file: this one is larger than ${renderSize(maxBytes)}`)
        : { bytes };
    } finally {
      fs.closeSync(fd);
    }
  } catch (error) {
    return explain(toErrorCode(error), file, what);
  }
}

/** Reads until a read returns nothing: the reported size may be wrong by now, and is 0 in /proc. Undefined for more than the limit. */
function readUpTo(fd: number, maxBytes: number, expectedBytes: number): Buffer | undefined {
  const pieces: Buffer[] = [];
  const piece = Buffer.allocUnsafeSlow(Math.max(expectedBytes + 1, pieceBytes));
  let total = 0;
  for (;;) {
    const count = fs.readSync(fd, piece);
    if (count === 0) return Buffer.concat(pieces, total);
    total += count;
    if (total > maxBytes) return undefined;
    pieces.push(Buffer.from(piece.subarray(0, count)));
  }
}

const remedies: Readonly<Record<string, string>> = {
  EACCES: ": the daemon's user may not read it",
  EPERM: ": the daemon's user may not read it",
  ENAMETOOLONG: ': its path is too long',
  ERR_INVALID_ARG_VALUE: ': its path holds a NUL character',
  ENOTCONN: ': its volume is not connected',
  ESTALE: ': its volume is not connected',
  ENODEV: ': its volume is not connected',
  ENXIO: ': its volume is not connected',
  ETIMEDOUT: ': its volume does not answer',
  EIO: ': its volume reports a fault',
};

function explain(code: string, file: string, what: 'open' | 'read'): FileProblem {
  if (code === 'ENOENT' && what === 'open')
    return { problem: `The file does not exist${explainOddPath(file)}`, isMissing: true };
  return refuse(`Cannot ${what} the file (${code})${remedies[code] ?? ''}`);
}

/** What to check if a path leads to nothing: characters that word processors and web pages use in place of plain ones. The path is not quoted. */
export function explainOddPath(file: string): string {
  if (/[\u2010-\u2015\u2212]/.test(file))
    return ': its path holds a long dash where a plain "-" may be meant';
  if (/[\u2018-\u201f\u00ab\u00bb]/.test(file)) return ': its path holds a typographic quote';
  if (/[\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]/.test(file))
    return ': its path holds an invisible character';
  if (file !== file.trim()) return ': its path begins or ends with a space';
  if (/^["'].*["']$/.test(file)) return ': its path is in quotes twice';
  return '';
}

function refuse(problem: string): FileProblem {
  return { problem, isMissing: false };
}

function renderSize(bytes: number): string {
  return bytes < 1_000_000 ? `${bytes / 1000} kB` : `${bytes / 1_000_000} MB`;
}
