// Inspects a path: the only place that asks the system for it, because a path of a config may lead anywhere, even to dead mounts.
import fs from 'node:fs';
import { toErrorCode } from './errors.ts';

/** What was found; `unknown` if the system reports an error, with its code (EACCES, ELOOP, EIO, ENOTCONN …). */
export type Look =
  | { readonly kind: 'there'; readonly stat: fs.Stats }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unknown'; readonly code: string };

/** Inspects what a path leads to, following symbolic links. Never throws, whatever the path is and whatever it leads to. */
export function lookAt(file: string): Look {
  return look(() => fs.statSync(file));
}

/** The same for the path itself: a symbolic link is not followed. */
export function lookAtLink(file: string): Look {
  return look(() => fs.lstatSync(file));
}

/** Whether a path leads to a folder that can be inspected. */
export function isFolder(file: string): boolean {
  const found = lookAt(file);
  return found.kind === 'there' && found.stat.isDirectory();
}

/** The path without symbolic links, or unchanged if the system cannot resolve it. Never throws. */
export function toRealPath(file: string): string {
  try {
    return fs.realpathSync(file);
  } catch {
    return file;
  }
}

function look(ask: () => fs.Stats): Look {
  try {
    return { kind: 'there', stat: ask() };
  } catch (error) {
    const code = toErrorCode(error);
    // Node refuses a path with NUL by itself: no such path can exist.
    const isMissing = code === 'ENOENT' || code === 'ENOTDIR' || code === 'ERR_INVALID_ARG_VALUE';
    return isMissing ? { kind: 'missing' } : { kind: 'unknown', code };
  }
}
