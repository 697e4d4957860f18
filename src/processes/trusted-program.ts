// Checks that only root can change what root runs: the program, and the interpreters that its first line leads to.
import fs from 'node:fs';
import path from 'node:path';
import type { Exposed } from '../reasons/reason.ts';
import { toErrorCode } from '../errors.ts';
import { isFolder, lookAt } from '../look.ts';
import { searchPath } from './clean-environment.ts';
import { findProgram } from './find-program.ts';
import { createLookOnce, findExposure, type Exposure, type LookAtLink } from './writers.ts';

/** How much of a first line the kernel reads (execve(2)). */
const firstLineBytes = 256;
/** An interpreter may be a script itself; this is how many the kernel follows. */
const maxInterpreters = 5;

/** How a program is going to be run. */
export interface RunAs {
  /** The user that it runs as, who may own it as well as root. */
  readonly uid?: number | undefined;
  /** The folder that a relative interpreter is relative to. */
  readonly cwd?: string;
  /** The PATH in which `/usr/bin/env` finds interpreters. */
  readonly path?: string | undefined;
  readonly look?: LookAtLink;
}

/** An exposure of a program or of its interpreter. */
export interface ProgramExposure extends Exposure {
  readonly of: 'the program' | 'the interpreter of the program';
}

/** The first exposure of a program, given by its full path, or of its interpreters. */
export function findProgramExposure(
  file: string,
  { uid, cwd = '/', path: folders = searchPath, look = createLookOnce() }: RunAs = {},
): ProgramExposure | undefined {
  let programs: readonly string[] = [file];
  for (let depth = 0; depth <= maxInterpreters; depth++) {
    const of = depth === 0 ? 'the program' : 'the interpreter of the program';
    const next: string[] = [];
    for (const program of programs) {
      const exposure = findExposure(program, uid, look);
      if (exposure !== undefined) return { ...exposure, of };
      const interpreters = loadInterpreters(program, cwd, folders);
      if ('code' in interpreters)
        return {
          kind: 'unknown',
          entry: 'file',
          path: program,
          what: `the file cannot be read, ${interpreters.code}`,
          error: interpreters.code,
          of,
        };
      next.push(...interpreters);
    }
    programs = next;
  }
  return undefined;
}

/** Why the daemon, running as root, refuses to run a program, given by its full path; undefined if it does not. */
export function findRefusal(file: string, runAs?: RunAs): Exposed | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const exposure = findProgramExposure(file, runAs);
  if (exposure === undefined) return undefined;
  const { kind, entry, error, of } = exposure;
  return { of: of === 'the program' ? 'program' : 'interpreter', kind, entry, error };
}

/** The programs that the first line of a script runs: none if the file is not a script, further ones for `/usr/bin/env NAME`; or the system's error code if it cannot be read. */
function loadInterpreters(
  file: string,
  cwd: string,
  folders: string,
): readonly string[] | { readonly code: string } {
  const found = lookAt(file);
  if (found.kind === 'unknown') return found;
  if (found.kind === 'missing' || !found.stat.isFile()) return [];
  const start = loadStart(file);
  if (typeof start === 'object') return start;
  const [, interpreter = '', rest = ''] = /^#![ \t]*([^ \t\n\0]+)([^\n\0]*)/.exec(start) ?? [];
  if (interpreter === '') return [];
  const names = path.basename(interpreter) === 'env' ? listNames(rest) : [];
  return [interpreter, ...names.flatMap((name) => findProgram(name, folders) ?? [])]
    .map((program) => path.resolve(cwd, program))
    .filter((program) => !isFolder(program));
}

/** The words after `/usr/bin/env` that may name a program. Which one does depends on the options before it (`-u HOME`), and `-S` may be written together with it. */
function listNames(rest: string): readonly string[] {
  return rest
    .split(/[ \t]+/)
    .map((word) => word.replace(/^(?:-[A-Za-z0]*S|--split-string=)/, '').replaceAll(/["']/g, ''))
    .filter((word) => word !== '' && !word.startsWith('-') && !word.includes('='));
}

function loadStart(file: string): string | { readonly code: string } {
  try {
    const fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    try {
      const start = Buffer.alloc(firstLineBytes);
      return start.toString('utf8', 0, fs.readSync(fd, start));
    } finally {
      fs.closeSync(fd);
    }
  } catch (error) {
    return { code: toErrorCode(error) };
  }
}
