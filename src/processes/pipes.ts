// The pipes that programs print to. This daemon reads them; once it is stopped, a small process that outlives it; then the next daemon.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import { execa } from 'execa';
import type { Logger } from '../log/log.ts';
import { lookAt } from './process-identity.ts';
import { drainVariable, findEarlierPipes, type EarlierPipe } from './earlier-pipes.ts';
import { createPipeReader, type PipeReader, type TakeOutput } from './pipe-reader.ts';
import { createPipeStore } from './pipe-store.ts';
import { toStdio, type OutputPipe } from './process.ts';

const bufferBytes = 65_536;
/** How many pipes of ended runs are read here for their background jobs; older ones are handed on. */
const maxLeft = 256;
const notKept = Buffer.from('[What it printed before the daemon was started again is not kept.]\n');

export interface Pipes {
  /** Prepares pipes for the next programs, without waiting. */
  prepare(): void;
  /** A pipe for the program of a run; undefined if the system cannot create one. `isOtherUser`: whether the program runs as another user, who may open it as /dev/stdout. */
  open(run: string, takeOutput: TakeOutput, isOtherUser: boolean): OutputPipe | undefined;
  /** Receives what the program of an earlier daemon's run prints from now on, once its pipe is found; the returned function ends that. */
  listen(run: string, takeOutput: TakeOutput): () => void;
  /** Finds the pipes that an earlier daemon left, and reads them from now on. To be called once. */
  takeUp(): void;
  /** Hands all open pipes to processes that outlive this one. Returns the runs for which that failed. */
  close(): ReadonlySet<string>;
}

/** Creates the pipes of the daemon with this history. The next daemon with the same history finds them by its path. */
export function createPipes(historyPath: string, logger: Logger): Pipes {
  const prefix = `remotetask-${createHash('sha256').update(historyPath).digest('hex').slice(0, 12)}-`;
  const buffer = new Uint8Array(bufferBytes);
  let isToldOfProblem = false;
  const store = createPipeStore(prefix, (reason) => {
    if (isToldOfProblem) return;
    isToldOfProblem = true;
    logger.warn(
      { event: 'no-pipes', reason },
      `Cannot make named pipes in ${os.tmpdir()} with mkfifo (${reason}): programs that still print when the daemon ends will end with it. The environment variable TMPDIR names another folder`,
    );
  });
  const runs = new Map<PipeReader, string>();
  const listeners = new Map<string, TakeOutput>();
  /** Pipes of runs that have ended, oldest first. */
  const left = new Set<PipeReader>();

  const read = (fd: number, run: string): PipeReader => {
    const reader = createPipeReader(fd, buffer, () => {
      runs.delete(reader);
      left.delete(reader);
    });
    runs.set(reader, run);
    return reader;
  };
  /** Hands a pipe to a process that only reads; false if that cannot be started. */
  const handOn = (reader: PipeReader): boolean => {
    const drain = execa('cat', [], {
      stdin: toStdio(reader.fd),
      stdout: 'ignore',
      stderr: 'ignore',
      cwd: '/',
      env: { PATH: '/usr/bin:/bin', [drainVariable]: runs.get(reader) ?? '' },
      extendEnv: false,
      detached: true,
      cleanup: false,
      buffer: false,
      reject: false,
    });
    drain.nodeChildProcess.unref();
    if (drain.pid === undefined) return false;
    reader.close();
    return true;
  };
  const leave = (reader: PipeReader): void => {
    reader.readRest();
    reader.handTo(undefined);
    if (!reader.isOpen()) return;
    left.add(reader);
    const [oldest] = left;
    if (left.size > maxLeft && oldest !== undefined && handOn(oldest)) left.delete(oldest);
  };
  const takeUpOne = ({ path, inode, run = '', drains }: EarlierPipe): void => {
    const fd = openPipe(path, inode);
    if (fd === undefined) return;
    const reader = read(fd, run);
    for (const drain of drains) if (lookAt(drain) === 'alive') process.kill(drain.pid, 'SIGTERM');
    const takeOutput = listeners.get(run);
    if (takeOutput === undefined) leave(reader);
    else {
      takeOutput(notKept);
      reader.handTo(takeOutput);
    }
  };
  return {
    prepare: store.fill,
    open(run, takeOutput, isOtherUser) {
      const ends = store.take();
      if (ends === undefined) return undefined;
      const { readFd, programFd } = ends;
      if (isOtherUser) fs.fchmodSync(programFd, 0o622);
      let reader: PipeReader | undefined;
      return {
        fd: programFd,
        begin() {
          reader = read(readFd, run);
          reader.handTo(takeOutput);
          fs.closeSync(programFd);
        },
        end() {
          if (reader?.isOpen() === true) leave(reader);
        },
      };
    },
    listen(run, takeOutput) {
      listeners.set(run, takeOutput);
      for (const [reader, of] of runs) {
        if (of !== run || !left.delete(reader)) continue;
        takeOutput(notKept);
        reader.handTo(takeOutput);
      }
      return () => {
        listeners.delete(run);
        for (const [reader, of] of runs) if (of === run && !left.has(reader)) leave(reader);
      };
    },
    takeUp() {
      store.clear();
      // Programs may have been started in the meantime: their pipes are read already.
      const own = new Set([...runs.keys()].map(({ fd }) => fs.fstatSync(fd).ino));
      for (const pipe of findEarlierPipes(prefix)) if (!own.has(pipe.inode)) takeUpOne(pipe);
    },
    close() {
      store.clear();
      const alone = new Set<string>();
      for (const [reader, run] of runs) {
        reader.readRest();
        if (!reader.isOpen() || handOn(reader)) continue;
        alone.add(run);
        reader.close();
      }
      return alone;
    },
  };
}

/** Opens a pipe of another process; undefined if the pipe is gone or was replaced. */
function openPipe(path: string, inode: number): number | undefined {
  try {
    const fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    if (fs.fstatSync(fd).ino === inode) return fd;
    fs.closeSync(fd);
  } catch {
    // The process has ended.
  }
  return undefined;
}
