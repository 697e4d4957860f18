// The runner `command`: a program with its arguments, never a shell.
import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { FilePath } from '../values/file-path.ts';
import { isFolder, lookAt } from '../look.ts';
import { failedToStart, toOutcome, type Outcome } from '../outcome.ts';
import type { Reason } from '../reasons/reason.ts';
import { createCleanEnvironment } from '../processes/clean-environment.ts';
import { refuse, type Execution, type RunIo } from './execution.ts';
import { withEscaped } from '../processes/group-stop.ts';
import { findProgram } from '../processes/find-program.ts';
import type { Pipes } from '../processes/pipes.ts';
import { startProcess } from '../processes/process.ts';
import { findRefusal } from '../processes/trusted-program.ts';
import type { User } from '../processes/user.ts';

const Argument = z.string().regex(/^[^\0]*$/, 'Remove the NUL character: no argument can hold one');

const UserName = z.union([z.string().min(1), z.number().int().min(0).max(2_147_483_647)], {
  error: 'Give a name or a number',
});

/** The options of a task that runs a command. */
export const CommandOptions = z.strictObject({
  command: z
    .array(
      Argument,
      'Write the command as a list: the program, then one text for each argument, as in ["/volume1/control/off.sh", "now"]',
    )
    .min(1, 'Name the program to run')
    .refine(
      ([program]) => program === undefined || isProgram(program),
      'Give the program with its full path, as in "/volume1/control/off.sh"',
    )
    .optional()
    .describe(
      'The program and its arguments. Without it the task is one of DSM: that of this id, or as `scheduled` or `triggered` say.',
    ),
  cwd: FilePath.refine(path.isAbsolute, 'Give the folder with its full path')
    .optional()
    .describe('The folder that the command runs in; "/" if not given.'),
  env: z
    .record(
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'Name the variable with letters, digits and _ only'),
      Argument,
    )
    .optional()
    .describe(
      'What the command finds in its environment, besides PATH, HOME, USER, LOGNAME, SHELL, LANG, TZ and REMOTETASK_RUN.',
    ),
  user: UserName.optional().describe(
    'The user that the command runs as, by name or number, where the daemon runs as root.',
  ),
  group: UserName.optional().describe(
    "The group that it runs in; the user's own if not given. It gets no further groups.",
  ),
  umask: z
    .string({ error: 'Write the umask as text in quotation marks, as in "022"' })
    .regex(/^0?[0-7]{3}$/, 'Write the umask as three octal digits, as in "022" or "077"')
    .transform((digits) => Number.parseInt(digits, 8))
    .optional()
    .describe(
      'The umask of the command, which is taken away from the rights of files and folders that it makes: three octal digits, "022" if not given.',
    ),
});

/** The command to run. */
export interface Command {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Undefined for the user that the daemon runs as. */
  readonly user: User | undefined;
  /** Undefined for the default one. */
  readonly umask?: number | undefined;
}

/** A full path, or a bare name that is looked up in the fixed PATH; never a relative path. */
function isProgram(program: string): boolean {
  return path.isAbsolute(program) || (program !== '' && !program.includes('/'));
}

/** Starts a command. As root, it refuses a program if anyone except root and the user it runs as could have written it or its interpreter. */
export function startCommand(
  { argv: [program = '', ...args], cwd, env, user, umask }: Command,
  io: RunIo,
  pipes: Pick<Pipes, 'open'>,
): Execution {
  const file = findProgram(program);
  const refusal =
    file === undefined ? undefined : findRefusal(file, { uid: user?.uid, cwd, path: env['PATH'] });
  if (refusal !== undefined) return refuse({ code: 'program-exposed', ...refusal });
  const cleanEnvironment = { ...createCleanEnvironment(user), ...env, REMOTETASK_RUN: io.run };
  const started = startProcess({
    file: file ?? program,
    args,
    cwd,
    env: cleanEnvironment,
    user: user === undefined ? undefined : { uid: user.uid, gid: user.gid },
    umask,
    pipe: io.onOutput === undefined ? undefined : pipes.open(io.run, io.onOutput, user !== undefined),
    ...io,
  });
  const waitForEnd = async (): Promise<Outcome> => {
    const exit = await started.ended;
    if (exit.startError !== undefined) return failedToStart(explainStartError(exit.startError, file, cwd));
    return io.stop.aborted ? withEscaped(toOutcome(exit), io.run) : toOutcome(exit);
  };
  return { process: started.process, isOver: started.isOver, ended: waitForEnd() };
}

/** The system reports ENOENT or EACCES for the program, its folder and its interpreter alike; this distinguishes them. */
function explainStartError(error: string, file: string | undefined, cwd: string): Reason {
  const cwdProblem = explainFolder(cwd);
  if (cwdProblem !== undefined) return cwdProblem;
  if (file === undefined) return { code: 'program-missing' };
  if (error === 'ENOENT') return { code: 'interpreter-missing' };
  if (error === 'EACCES') return { code: isFolder(file) ? 'program-is-folder' : 'program-not-executable' };
  if (error === 'ENOEXEC') return { code: 'program-not-understood' };
  if (error === 'E2BIG') return { code: 'arguments-too-long' };
  return { code: 'no-process', error };
}

function explainFolder(cwd: string): Reason | undefined {
  const found = lookAt(cwd);
  if (found.kind === 'missing') return { code: 'folder-missing' };
  if (found.kind === 'there' && !found.stat.isDirectory()) return { code: 'folder-not-a-folder' };
  if (found.kind === 'unknown' && found.code !== 'EACCES')
    return { code: 'folder-unknown', error: found.code };
  try {
    fs.accessSync(cwd, fs.constants.X_OK);
    return undefined;
  } catch {
    return { code: 'folder-closed' };
  }
}
