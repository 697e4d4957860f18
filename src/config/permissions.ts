// Who else could read the keys or change what is run: warnings with their remedies.
import fs from 'node:fs';
import path from 'node:path';
import { findProgram } from '../runners/command.ts';
import { findWriters } from '../runners/writers.ts';
import type { Task } from '../tasks.ts';

/** Warnings about a config file, its folder, and, as root, the programs of its tasks. */
export function findOpenFiles(file: string, tasks: readonly Task[]): string[] {
  return [...findOpenConfig(file), ...(process.getuid?.() === 0 ? tasks.flatMap(findOpenPrograms) : [])];
}

function findOpenConfig(file: string): string[] {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  const folder = fs.statSync(path.dirname(file), { throwIfNoEntry: false });
  const owner = process.getuid?.();
  return [
    ...(stat !== undefined && (stat.mode & 0o077) !== 0
      ? [`Others on this machine can read or change the keys: run \`chmod 600 ${file}\``]
      : []),
    ...(stat !== undefined && stat.uid !== 0 && stat.uid !== owner
      ? [`The config belongs to another user, who decides what is run: run \`chown ${owner} ${file}\``]
      : []),
    ...(folder !== undefined && (folder.mode & 0o022) !== 0 && (folder.mode & 0o1000) === 0
      ? [`Others on this machine can replace the config: run \`chmod go-w ${path.dirname(file)}\``]
      : []),
  ];
}

/** The program itself is refused when it is run (`runners/command.ts`); scripts among its arguments are only warned of. */
function findOpenPrograms({ id, way }: Task): string[] {
  if (way.runner !== 'command') return [];
  const { argv, user } = way.command;
  const [program = '', ...args] = argv;
  const found = findProgram(program);
  const files = [...(found === undefined ? [] : [found]), ...args.filter((arg) => path.isAbsolute(arg) && isFile(arg))];
  return files.flatMap((name) => {
    const writers = findWriters(name, user?.uid);
    return writers === undefined
      ? []
      : [
          `tasks.${id}: others than root could change what root runs: ${writers.path} (${writers.what}); run \`chown root ${writers.path}\` and \`chmod go-w ${writers.path}\``,
        ];
  });
}

function isFile(name: string): boolean {
  return fs.statSync(name, { throwIfNoEntry: false })?.isFile() === true;
}
