// One child process and its group: started through execa, its output read, stopped as a whole.
import net from 'node:net';
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import { hasEndedUnreaped, loadIdentity, type ProcessIdentity, type ProcessState } from './process-identity.ts';
import { createGroupStop } from './group-stop.ts';

/** The umask of programs unless their task has its own: that of most systems, whatever the daemon's is. */
const usualUmask = 0o022;
/** How long to wait for the end of a stream after the program itself has ended: background jobs may hold it open. */
const streamsMs = 500;

/** A pipe for both outputs of a program. */
export interface OutputPipe {
  /** The program's end. */
  readonly fd: number;
  /** To be called once the program has been started: begins to read. */
  begin(): void;
  /** To be called at the end of the run: takes what is in the pipe. What others print into it from then on is read and discarded. */
  end(): void;
}

/** What a process is started with; nothing is inherited but the descriptors' limits. */
export interface ProcessOptions {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The user that it runs as, without further groups; undefined for the daemon's own. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  readonly umask?: number | undefined;
  /** What it finds on standard input; nothing, if not given. */
  readonly input?: string;
  /** What it prints into. Without it the process gets streams, which end with the daemon: then its next line ends it by SIGPIPE. */
  readonly pipe?: OutputPipe | undefined;
  /** Without a pipe: takes what is printed to standard output and standard error, as it comes. Without either, output goes to /dev/null. */
  readonly onOutput?: ((chunk: Uint8Array) => void) | undefined;
  /** Takes what is printed to standard error, if that is wanted apart. */
  readonly onErrorOutput?: (chunk: Uint8Array) => void;
  /** Aborting it sends `stopSignal` to the process group, and KILL after `graceMs`. */
  readonly stop: AbortSignal;
  readonly stopSignal: NodeJS.Signals;
  readonly graceMs: number;
}

/** How a process ended: by itself (status or signal), or without ever having started (the system's error code). */
export interface ProcessExit {
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly startError?: string | undefined;
}

/** A process that was started, or tried to be. */
export interface StartedProcess {
  /** The process, whose id is its group's too; undefined where it could not be started, or where /proc does not show it. */
  readonly process: ProcessIdentity | undefined;
  /** Whether it has ended, though that may not have been reported yet. */
  readonly isOver: () => boolean;
  /** Resolves when it has ended, its output is read, and, if it was stopped, its group is gone. Never rejects. */
  readonly ended: Promise<ProcessExit>;
}

/**
 * Starts a process as the leader of a group and session of its own. Output is never collected by execa (it would kill
 * the process, or this one, when there is much of it), and its error messages are never used (they hold the arguments).
 */
export function startProcess({
  file,
  args,
  cwd,
  env,
  user,
  umask = usualUmask,
  input,
  pipe,
  onOutput,
  onErrorOutput = onOutput,
  stop,
  stopSignal,
  graceMs,
}: ProcessOptions): StartedProcess {
  const output = pipe === undefined ? (onOutput === undefined ? 'ignore' : 'pipe') : toStdio(pipe.fd);
  const child = withUmask(umask, () =>
    execa(file, args, {
      cwd,
      env,
      extendEnv: false,
      ...user,
      detached: true,
      cleanup: false,
      ...(input === undefined ? { stdin: 'ignore' } : { input }),
      stdout: output,
      stderr: output,
      buffer: false,
      reject: false,
    }),
  );
  pipe?.begin();
  const { pid, nodeChildProcess } = child;
  const streams = [takeStream(nodeChildProcess.stdout, onOutput), takeStream(nodeChildProcess.stderr, onErrorOutput)];
  const identity = pid === undefined ? undefined : loadIdentity(pid);
  // The id is the child's own until its exit has been reported, whatever /proc says.
  const look = (): ProcessState =>
    nodeChildProcess.exitCode !== null || nodeChildProcess.signalCode !== null || (pid !== undefined && hasEndedUnreaped(pid))
      ? 'gone'
      : 'alive';
  const group = pid === undefined ? undefined : createGroupStop({ leader: { pid, look }, stop, stopSignal, graceMs });

  /** Resolves without the streams' ends where something else holds them. */
  const waitForExit = async (): Promise<{ exitCode?: number | undefined; signal?: string | undefined }> => {
    const { promise, resolve } = Promise.withResolvers<ProcessExit>();
    let timer: NodeJS.Timeout | undefined;
    nodeChildProcess.once('exit', (exitCode, signal) => {
      const exit = { exitCode: exitCode ?? undefined, signal: signal ?? undefined };
      timer = setTimeout(() => resolve(exit), streamsMs);
    });
    const exit = await Promise.race([child, promise]);
    clearTimeout(timer);
    return exit;
  };
  const waitForEnd = async (): Promise<ProcessExit> => {
    const result = await waitForExit();
    await group?.release();
    pipe?.end();
    for (const leave of streams) leave();
    if (pid === undefined) return { startError: 'code' in result ? String(result.code) : 'unknown' };
    return { exitCode: result.exitCode, signal: result.signal };
  };
  return { process: identity, isOver: () => look() === 'gone', ended: waitForEnd() };
}

/** Starts something with another umask. This affects the whole process for a moment, so the daemon gives its own files their modes explicitly. */
function withUmask<T>(umask: number, start: () => T): T {
  const own = process.umask(umask);
  try {
    return start();
  } finally {
    process.umask(own);
  }
}

/** A descriptor for execa, which takes any, while its types know 3 to 9 only. */
export function toStdio(fd: number): 3 | 'ignore' {
  const isDescriptor = (number: number): number is 3 => number > 2;
  return isDescriptor(fd) ? fd : 'ignore';
}

/** Reads a stream. The function given back discards further output; closing the stream would end background jobs that still print. */
function takeStream(stream: Readable | null, take: ((chunk: Uint8Array) => void) | undefined): () => void {
  if (stream === null || take === undefined) return () => {};
  stream.on('data', take);
  return () => {
    stream.off('data', take);
    stream.resume();
    if (stream instanceof net.Socket) stream.unref();
  };
}
