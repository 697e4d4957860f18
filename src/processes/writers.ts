// Finds out who could change a file before it is read or run, from the owner and mode of everything on its path.
import fs from 'node:fs';
import path from 'node:path';
import { renderExposedEntry } from '../reasons/english-dsm.ts';
import { toErrorCode } from '../errors.ts';
import { lookAtLink, type Look } from '../look.ts';

/** How many symbolic links the kernel follows (path_resolution(7)). */
const maxLinks = 40;

/** A file, folder or link through which another user could change what a path leads to; `unknown`: it cannot be inspected. */
export interface Exposure {
  readonly kind: 'foreign' | 'writable' | 'unknown';
  readonly entry: 'file' | 'folder' | 'link';
  readonly path: string;
  /** The problem, as the end of a sentence. */
  readonly what: string;
  /** The system's error code, for `unknown`. */
  readonly error?: string;
}

/** Inspects a path without following symbolic links. */
export type LookAtLink = (file: string) => Look;

/** Inspects each path only once, for many files that are checked together. */
export function createLookOnce(): LookAtLink {
  const seen = new Map<string, Look>();
  return (file) => {
    const found = seen.get(file) ?? lookAtLink(file);
    seen.set(file, found);
    return found;
  };
}

/**
 * All exposures on the path to a file, in the kernel's order from the root on: folders, symbolic links, the file itself.
 * Only root and `uid` may own them, and neither group nor others may write to them. In a folder with the sticky bit, such
 * as /tmp, others cannot replace what they do not own; on a file the bit has no meaning. A missing file is not an exposure.
 */
export function listExposures(file: string, uid = 0, look: LookAtLink = lookAtLink): readonly Exposure[] {
  const exposures = new Map<string, Exposure>();
  const ahead = (path.isAbsolute(file) ? file : path.resolve(file)).split('/').toReversed();
  let at = '/';
  let links = 0;
  const judge = (place: string, isLast: boolean): fs.Stats | undefined => {
    const found = look(place);
    if (found.kind === 'missing') return undefined;
    const exposure =
      found.kind === 'there' ? judgeStat(found.stat, place, uid) : toUnknown(place, found.code, isLast);
    if (exposure !== undefined) exposures.set(place, exposure);
    return found.kind === 'there' ? found.stat : undefined;
  };
  judge(at, false);
  for (let step = ahead.pop(); step !== undefined; step = ahead.pop()) {
    if (step === '..') at = path.dirname(at);
    if (step === '' || step === '.' || step === '..') continue;
    const place = path.join(at, step);
    const stat = judge(place, ahead.length === 0);
    if (stat === undefined) break;
    if (!stat.isSymbolicLink()) {
      at = place;
      continue;
    }
    const target = loadTarget(place);
    if (typeof target !== 'string') {
      exposures.set(place, toUnknown(place, target.code, true));
      break;
    }
    if (++links > maxLinks) break;
    if (path.isAbsolute(target)) at = '/';
    ahead.push(...target.split('/').toReversed());
  }
  return [...exposures.values()];
}

/** The first exposure on the path to a file, if any. */
export function findExposure(file: string, uid?: number, look?: LookAtLink): Exposure | undefined {
  return listExposures(file, uid, look)[0];
}

function judgeStat(stat: fs.Stats, place: string, uid: number): Exposure | undefined {
  const entry = stat.isDirectory() ? 'folder' : stat.isSymbolicLink() ? 'link' : 'file';
  if (stat.uid !== 0 && stat.uid !== uid)
    return { kind: 'foreign', entry, path: place, what: renderExposedEntry({ kind: 'foreign', entry }) };
  // The mode of a link means nothing.
  const isSafe =
    entry === 'link' || (stat.mode & 0o022) === 0 || (entry === 'folder' && (stat.mode & 0o1000) !== 0);
  return isSafe
    ? undefined
    : { kind: 'writable', entry, path: place, what: renderExposedEntry({ kind: 'writable', entry }) };
}

function toUnknown(place: string, code: string, isLast: boolean): Exposure {
  const entry = isLast ? 'file' : 'folder';
  return {
    kind: 'unknown',
    entry,
    path: place,
    what: renderExposedEntry({ kind: 'unknown', entry, error: code }),
    error: code,
  };
}

function loadTarget(link: string): string | { readonly code: string } {
  try {
    return fs.readlinkSync(link);
  } catch (error) {
    return { code: toErrorCode(error) };
  }
}
