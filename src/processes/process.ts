// One child process and its group: started through execa, with its output read, and stopped as a whole.
import net from 'node:net';
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import {
  hasEndedUnreaped,
  loadIdentity,
  type ProcessIdentity,
  type ProcessState,
} from './process-identity.ts';
import { createGroupStop } from './group-stop.ts';

/** The default umask of programs, if their task sets no other: the usual one, whatever the daemon's own is. */
const usualUmask = 0o022;
/** How long to wait for the end of a stream after the program itself has ended, because background jobs may hold it open. */
const streamsMs = 500;

/** A pipe for both outputs of a program. */
export interface OutputPipe {
  /** The program's end. */
  readonly fd: number;
  /** To be called once the program has been started: begins to read. */
  begin(): void;
  /** To be called at the end of the run: reads what is in the pipe. Later output of other processes is read and discarded. */
  end(): void;
}

/** Opens a pipe, if the system can create one; the function receives what is printed, and copies it. */
export type OpenPipe = (takeOutput: (chunk: Uint8Array) => void) => OutputPipe | undefined;

/** The input of a process; it inherits nothing except the limits on descriptors. */
export interface ProcessOptions {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The user that it runs as, without supplementary groups; undefined for the daemon's own user. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  readonly umask?: number | undefined;
  /** Its standard input; empty, if not given. */
  readonly input?: string;
  /** The pipe that it prints to. Without one the process gets streams, which end with the daemon: then its next line ends it by SIGPIPE. */
  readonly pipe?: OutputPipe | undefined;
  /** A pipe of its own for standard error. */
  readonly errorPipe?: OutputPipe | undefined;
  /** Without a pipe: receives standard output and standard error as they arrive. Without either, output goes to /dev/null. */
  readonly onOutput?: ((chunk: Uint8Array) => void) | undefined;
  /** Receives standard error separately, if given. */
  readonly onErrorOutput?: (chunk: Uint8Array) => void;
  /** Aborting it sends `stopSignal` to the process group, and KILL after `graceMs`. */
  readonly stop: AbortSignal;
  readonly stopSignal: NodeJS.Signals;
  readonly graceMs: number;
}

/** How a process ended: by itself (status or signal), or because it could not be started (the system's error code). */
export interface ProcessExit {
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly startError?: string | undefined;
}

/** A process that was started, or that could not be started. */
export interface StartedProcess {
  /** The process, whose id is also its group's; undefined if it could not be started, or if /proc does not show it. */
  readonly process: ProcessIdentity | undefined;
  /** Whether it has ended, though that may not have been reported yet. */
  readonly isOver: () => boolean;
  /** Resolves when it has ended, its output is read, and, if it was stopped, its group is gone. Never rejects. */
  readonly ended: Promise<ProcessExit>;
}

/**
 * Starts a process as the leader of its own group and session. execa never collects the output (if there were much of it, execa would
 * kill the process, or this one would run out of memory), and its error messages are never used (they contain the arguments).
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
  errorPipe = pipe,
  onOutput,
  onErrorOutput = onOutput,
  stop,
  stopSignal,
  graceMs,
}: ProcessOptions): StartedProcess {
  const toOutput = (own: OutputPipe | undefined): 3 | 'ignore' | 'pipe' =>
    own === undefined ? (onOutput === undefined ? 'ignore' : 'pipe') : toStdio(own.fd);
  const pipes = new Set([pipe, errorPipe]);
  const child = withUmask(umask, () =>
    execa(file, args, {
      cwd,
      env,
      extendEnv: false,
      ...user,
      detached: true,
      cleanup: false,
      ...(input === undefined ? { stdin: 'ignore' } : { input }),
      stdout: toOutput(pipe),
      stderr: toOutput(errorPipe),
      buffer: false,
      reject: false,
    }),
  );
  for (const own of pipes) own?.begin();
  const { pid, nodeChildProcess } = child;
  const streams = [
    takeStream(nodeChildProcess.stdout, onOutput),
    takeStream(nodeChildProcess.stderr, onErrorOutput),
  ];
  const identity = pid === undefined ? undefined : loadIdentity(pid);
  // The id belongs to the child until its exit has been reported, whatever /proc shows.
  const look = (): ProcessState =>
    nodeChildProcess.exitCode !== null ||
    nodeChildProcess.signalCode !== null ||
    (pid !== undefined && hasEndedUnreaped(pid))
      ? 'gone'
      : 'alive';
  const group =
    pid === undefined ? undefined : createGroupStop({ leader: { pid, look }, stop, stopSignal, graceMs });

  /** Resolves without the streams' ends if another process holds them open. */
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
    for (const own of pipes) own?.end();
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

/** A descriptor for execa, which accepts any, although its types only allow 3 to 9. */
export function toStdio(fd: number): 3 | 'ignore' {
  const isDescriptor = (number: number): number is 3 => number > 2;
  return isDescriptor(fd) ? fd : 'ignore';
}

/** Reads a stream. The returned function discards further output; closing the stream would end background jobs that still print. */
function takeStream(stream: Readable | null, take: ((chunk: Uint8Array) => void) | undefined): () => void {
  if (stream === null || take === undefined) return () => {};
  stream.on('data', take);
  return () => {
    stream.off('data', take);
    stream.resume();
    if (stream instanceof net.Socket) stream.unref();
  };
}
