// From a task's `icon` to the icon: a picture is read from its file.
import path from 'node:path';
import { toPicture, type Icon } from '../icon.ts';
import type { TaskOptions } from '../tasks.ts';
import { loadBytes } from './load-file.ts';

/** The largest file that a picture may be in. */
const maxBytes = 200_000;

/** The icon of a task, undefined for none, or a sentence that says why its picture cannot be used. Relative paths count from `folder`. */
export function loadIcon({ icon }: Pick<TaskOptions, 'icon'>, folder: string): Icon | string | undefined {
  if (icon?.kind !== 'file') return icon;
  const read = loadBytes(path.resolve(folder, icon.path), maxBytes);
  return 'problem' in read ? `Give a picture that the daemon may read. ${read.problem}` : toPicture(read.bytes);
}

/** The file of a task's icon, if it is in one. */
export function toIconFile({ icon }: Pick<TaskOptions, 'icon'>, folder: string): readonly string[] {
  return icon?.kind === 'file' ? [path.resolve(folder, icon.path)] : [];
}
