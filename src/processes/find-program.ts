// Finds a program: by a full path, or by a bare name in fixed folders.
import path from 'node:path';
import { lookAt } from '../look.ts';
import { searchPath } from './clean-environment.ts';

/** The file that a program's name leads to, or undefined if no such file exists. A file that cannot be inspected is used if there is no other. */
export function findProgram(program: string, folders = searchPath): string | undefined {
  const candidates = program.includes('/')
    ? [program]
    : folders.split(':').map((folder) => path.join(folder, program));
  let unknown: string | undefined;
  for (const file of candidates) {
    const { kind } = lookAt(file);
    if (kind === 'there') return file;
    if (kind === 'unknown') unknown ??= file;
  }
  return unknown;
}
