// From a task's `icon` to the icon; reads a picture from its file.
import path from 'node:path';
import { toPicture, type Icon } from '../icon.ts';
import type { TaskOptions } from '../tasks.ts';
import { loadBytes } from './load-file.ts';

/** The largest size of a picture's file. */
const maxBytes = 200_000;

/** The icon of a task, undefined if it has no icon, or a sentence on why its picture cannot be used. Relative paths are relative to `folder`. */
export function loadIcon({ icon }: Pick<TaskOptions, 'icon'>, folder: string): Icon | string | undefined {
  if (icon?.kind !== 'file') return icon;
  const read = loadBytes(path.resolve(folder, icon.path), maxBytes);
  return 'problem' in read
    ? `Give a picture that the daemon may read. ${read.problem}`
    : toPicture(read.bytes);
}
