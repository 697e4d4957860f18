// Where a program is: a full path, or a bare name that is looked up in fixed folders.
import path from 'node:path';
import { lookAt } from '../look.ts';
import { searchPath } from './clean-environment.ts';

/** The file that a program's name leads to, or undefined if there is none. A file that cannot be looked at counts where there is no other. */
export function findProgram(program: string, folders = searchPath): string | undefined {
  const candidates = program.includes('/') ? [program] : folders.split(':').map((folder) => path.join(folder, program));
  let unknown: string | undefined;
  for (const file of candidates) {
    const { kind } = lookAt(file);
    if (kind === 'there') return file;
    if (kind === 'unknown') unknown ??= file;
  }
  return unknown;
}
