// One child process and its group: started through execa, read side by side, stopped as a whole.
import { execa } from 'execa';

/** How long the pipes may stay open after the program itself has ended, held by what it left behind. */
const pipesMs = 500;
/** How often a group that was told to end is looked at. */
const lookMs = 50;

/** What a process is started with; nothing is inherited but the descriptors' limits and the umask. */
export interface ProcessOptions {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Takes what is printed to standard output and standard error, as it comes. */
  readonly onOutput: (chunk: Uint8Array) => void;
  /** Aborting it sends TERM to the process group, and KILL after `graceMs`. */
  readonly stop: AbortSignal;
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
  /** Its id, which is its group's too; undefined where it could not be started. */
  readonly pid: number | undefined;
  /** Resolves when it has ended, its pipes are closed, and, if it was stopped, its group is gone. Never rejects. */
  readonly ended: Promise<ProcessExit>;
}

/**
 * Starts a process as the leader of a group and session of its own, with nothing on standard input. Output is
 * never collected by execa (it would kill the process, or this one, when there is much of it), and its error
 * messages are never used (they hold the arguments).
 */
export function startProcess({ file, args, cwd, env, onOutput, stop, graceMs }: ProcessOptions): StartedProcess {
  const child = execa(file, args, {
    cwd,
    env,
    extendEnv: false,
    detached: true,
    cleanup: false,
    stdin: 'ignore',
    buffer: false,
    reject: false,
  });
  const { pid, stdout, stderr } = child;
  stdout.on('data', onOutput);
  stderr.on('data', onOutput);
  let pipesTimer: NodeJS.Timeout | undefined;
  child.nodeChildProcess.once('exit', () => {
    pipesTimer = setTimeout(() => {
      stdout.destroy();
      stderr.destroy();
    }, pipesMs);
  });
  const group = pid === undefined ? undefined : createGroupStop(pid, stop, graceMs);

  const waitForEnd = async (): Promise<ProcessExit> => {
    const result = await child;
    clearTimeout(pipesTimer);
    await group?.release();
    if (pid === undefined) return { startError: 'code' in result ? result.code : 'unknown' };
    return { exitCode: result.exitCode, signal: result.signal };
  };
  return { pid, ended: waitForEnd() };
}

/** Ends a process group when told to. `release` is called once the leader has ended, and resolves when nothing is left to end. */
function createGroupStop(pid: number, stop: AbortSignal, graceMs: number): { release(): Promise<void> } {
  let killTimer: NodeJS.Timeout | undefined;
  const onStop = (): void => {
    signalGroup(pid, 'SIGTERM');
    signalGroup(pid, 'SIGCONT');
    killTimer = setTimeout(() => {
      killTimer = undefined;
      signalGroup(pid, 'SIGKILL');
    }, graceMs);
  };
  if (stop.aborted) onStop();
  else stop.addEventListener('abort', onStop, { once: true });
  return {
    async release() {
      stop.removeEventListener('abort', onStop);
      while (killTimer !== undefined && signalGroup(pid, 0)) {
        await new Promise((resolve) => {
          setTimeout(resolve, lookMs);
        });
      }
      clearTimeout(killTimer);
    },
  };
}

/** Sends a signal to a group; says whether there was one to send it to. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}
