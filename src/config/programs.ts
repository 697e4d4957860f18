// Programs that could not be started as things stand. Only warnings: at boot-up their volume may not be there yet.
import fs from 'node:fs';
import { findProgram } from '../runners/command.ts';
import type { Task } from '../tasks.ts';
import type { Finding } from './finding.ts';

/** Warnings about the programs and folders of tasks. */
export function findUnusablePrograms(tasks: readonly Task[]): Finding[] {
  return tasks.flatMap(({ id, way }): Finding[] => {
    if (way.runner !== 'command') return [];
    const { argv, cwd } = way.command;
    const problem = judgeProgram(argv[0] ?? '');
    return [
      ...(problem === undefined ? [] : [{ path: ['tasks', id, 'command', 0], message: problem }]),
      ...(isFolder(cwd)
        ? []
        : [{ path: ['tasks', id, 'cwd'], message: 'Make this folder: it does not exist, and until then the task fails' }]),
    ];
  });
}

function judgeProgram(program: string): string | undefined {
  const file = findProgram(program);
  if (file === undefined) return 'Put the program there: it does not exist, and until then the task fails';
  if (isFolder(file)) return 'Name a program: this is a folder, and the task fails';
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return undefined;
  } catch {
    return 'Make the program executable (`chmod +x`): it is not, and until then the task fails';
  }
}

function isFolder(path: string): boolean {
  return fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
