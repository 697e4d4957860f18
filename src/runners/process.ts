// One child process and its group: started through execa, read side by side, stopped as a whole.
import { execa } from 'execa';
import { loadIdentity, type ProcessIdentity } from '../process-identity.ts';
import { createGroupStop } from './group-stop.ts';

/** How long the pipes may stay open after the program itself has ended, held by what it left behind. */
const pipesMs = 500;

/** What a process is started with; nothing is inherited but the descriptors' limits and the umask. */
export interface ProcessOptions {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Who it runs as, without further groups; undefined for who the daemon runs as. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** Takes what is printed to standard output and standard error, as it comes. */
  readonly onOutput: (chunk: Uint8Array) => void;
  /** Takes what is printed to standard error, where that is not to be mixed with the rest. */
  readonly onErrorOutput?: (chunk: Uint8Array) => void;
  /** Aborting it sends `stopSignal` to the process group, and KILL after `graceMs`. */
  readonly stop: AbortSignal;
  readonly stopSignal: NodeJS.Signals;
  readonly graceMs: number;
}

/** How a process ended: by itself (status or signal), or without ever having started (the system's error code). */
interface ProcessExit {
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly startError?: string | undefined;
}

/** A process that was started, or tried to be. */
export interface StartedProcess {
  /** The process, whose id is its group's too; undefined where it could not be started. */
  readonly process: ProcessIdentity | undefined;
  /** Resolves when it has ended, its pipes are closed, and, if it was stopped, its group is gone. Never rejects. */
  readonly ended: Promise<ProcessExit>;
}

/**
 * Starts a process as the leader of a group and session of its own, with nothing on standard input. Output is
 * never collected by execa (it would kill the process, or this one, when there is much of it), and its error
 * messages are never used (they hold the arguments).
 */
export function startProcess({
  file,
  args,
  cwd,
  env,
  user,
  onOutput,
  onErrorOutput = onOutput,
  stop,
  stopSignal,
  graceMs,
}: ProcessOptions): StartedProcess {
  const child = execa(file, args, {
    cwd,
    env,
    extendEnv: false,
    ...user,
    detached: true,
    cleanup: false,
    stdin: 'ignore',
    buffer: false,
    reject: false,
  });
  const { pid, stdout, stderr } = child;
  stdout.on('data', onOutput);
  stderr.on('data', onErrorOutput);
  let pipesTimer: NodeJS.Timeout | undefined;
  child.nodeChildProcess.once('exit', () => {
    pipesTimer = setTimeout(() => {
      stdout.destroy();
      stderr.destroy();
    }, pipesMs);
  });
  const leader = pid === undefined ? undefined : loadIdentity(pid);
  const group = leader === undefined ? undefined : createGroupStop({ leader, stop, stopSignal, graceMs });

  const waitForEnd = async (): Promise<ProcessExit> => {
    const result = await child;
    clearTimeout(pipesTimer);
    await group?.release();
    if (pid === undefined) return { startError: 'code' in result ? result.code : 'unknown' };
    return { exitCode: result.exitCode, signal: result.signal };
  };
  return { process: leader, ended: waitForEnd() };
}
