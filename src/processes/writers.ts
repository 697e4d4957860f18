// Who could change a file before it is read or run: found by owner and mode of all that leads to it.
import fs from 'node:fs';
import path from 'node:path';
import { toErrorCode } from '../errors.ts';
import { lookAtLink, type Look } from '../look.ts';

/** The kernel follows no more symbolic links than this (path_resolution(7)). */
const maxLinks = 40;

/** A file, folder or link through which somebody else could change what a path leads to; `unknown`: it cannot be looked at. */
export interface Exposure {
  readonly kind: 'foreign' | 'writable' | 'unknown';
  readonly entry: 'file' | 'folder' | 'link';
  readonly path: string;
  /** What is wrong with it, as the end of a sentence. */
  readonly what: string;
}

/** How a path is looked at, symbolic links not followed. */
export type LookAtLink = (file: string) => Look;

/** Looks at each path once: for many files that are looked at together. */
export function createLookOnce(): LookAtLink {
  const seen = new Map<string, Look>();
  return (file) => {
    const found = seen.get(file) ?? lookAtLink(file);
    seen.set(file, found);
    return found;
  };
}

/**
 * All exposures on the way to a file, from the root on as the kernel goes: folders, symbolic links, the file itself.
 * Only root and `uid` may own them, and neither group nor others may write to them. In a folder with the sticky bit, such
 * as /tmp, others cannot replace what they do not own; for a file the bit means nothing. What does not exist is no exposure.
 */
export function listExposures(file: string, uid = 0, look: LookAtLink = lookAtLink): readonly Exposure[] {
  const exposures = new Map<string, Exposure>();
  const ahead = (path.isAbsolute(file) ? file : path.resolve(file)).split('/').toReversed();
  let at = '/';
  let links = 0;
  const judge = (place: string, isLast: boolean): fs.Stats | undefined => {
    const found = look(place);
    if (found.kind === 'missing') return undefined;
    const exposure = found.kind === 'there' ? judgeStat(found.stat, place, uid) : toUnknown(place, found.code, isLast);
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

/** The first exposure on the way to a file, if there is one. */
export function findExposure(file: string, uid?: number, look?: LookAtLink): Exposure | undefined {
  return listExposures(file, uid, look)[0];
}

function judgeStat(stat: fs.Stats, place: string, uid: number): Exposure | undefined {
  const entry = stat.isDirectory() ? 'folder' : stat.isSymbolicLink() ? 'link' : 'file';
  if (stat.uid !== 0 && stat.uid !== uid) return { kind: 'foreign', entry, path: place, what: `${names[entry]} belongs to another user` };
  // The mode of a link means nothing.
  const isSafe = entry === 'link' || (stat.mode & 0o022) === 0 || (entry === 'folder' && (stat.mode & 0o1000) !== 0);
  return isSafe ? undefined : { kind: 'writable', entry, path: place, what: `${names[entry]} is writable for group or others` };
}

function toUnknown(place: string, code: string, isLast: boolean): Exposure {
  const entry = isLast ? 'file' : 'folder';
  return { kind: 'unknown', entry, path: place, what: `${names[entry]} cannot be looked at, ${code}` };
}

const names = { file: 'the file', folder: 'its folder', link: 'a link to it' } as const;

function loadTarget(link: string): string | { readonly code: string } {
  try {
    return fs.readlinkSync(link);
  } catch (error) {
    return { code: toErrorCode(error) };
  }
}
