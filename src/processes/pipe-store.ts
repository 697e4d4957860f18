// A stock of named pipes: only a program (`mkfifo`) can create them, so they are created in batches, in advance.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execaSync } from 'execa';
import { toErrorCode } from '../errors.ts';
import { startProcess } from './process.ts';

/** How many pipes one call of `mkfifo` creates. */
const batchSize = 32;
/** When fewer than this are left, more are created shortly after the start that took one, so that two forks do not coincide. */
const lowCount = 16;
const refillMs = 20;
/** How long starts do without pipes after creating them failed. */
const retryMs = 60_000;
/** Only the system's own folders are searched for `mkfifo`. */
const environment = { PATH: '/usr/bin:/bin' };

/** Both ends of a pipe whose name is already removed. */
interface PipeEnds {
  /** The reading end, which never blocks. */
  readonly readFd: number;
  /** The program's end. It is also open for reading, so that printing never raises SIGPIPE, even if all other readers are gone. */
  readonly programFd: number;
}

export interface PipeStore {
  /** Creates pipes if few are left, without waiting. */
  fill(): void;
  /** A pipe; undefined if the system cannot create one. */
  take(): PipeEnds | undefined;
  /** Removes the remaining pipes, and the folders that earlier daemons left. */
  clear(): void;
}

/**
 * Creates a stock in a private folder inside the folder for temporary files. Its name begins with `prefix`, which no other
 * daemon may use. `onProblem` is called with the reason whenever pipes cannot be created.
 */
export function createPipeStore(prefix: string, onProblem: (reason: string) => void): PipeStore {
  let folder: string | undefined;
  let names: string[] = [];
  let made = 0;
  let isFilling = false;
  let retryAtMs = 0;

  const createNames = (): string[] => {
    const parent = (folder ??= fs.mkdtempSync(path.join(os.tmpdir(), prefix)));
    return Array.from({ length: batchSize }, () => path.join(parent, String(++made)));
  };
  const giveUp = (reason: string): void => {
    retryAtMs = performance.now() + retryMs;
    onProblem(reason);
  };
  const toArguments = (batch: readonly string[]): string[] => ['-m', '600', ...batch];
  const fill = async (): Promise<void> => {
    if (isFilling || names.length >= lowCount || performance.now() < retryAtMs) return;
    isFilling = true;
    try {
      const batch = createNames();
      const { ended } = startProcess({
        file: 'mkfifo',
        args: toArguments(batch),
        cwd: '/',
        env: environment,
        stop: new AbortController().signal,
        stopSignal: 'SIGTERM',
        graceMs: 0,
      });
      const { exitCode, startError } = await ended;
      if (exitCode !== 0) giveUp(startError ?? `exit status ${exitCode}`);
      else if (folder === path.dirname(batch[0] ?? '')) names.push(...batch);
    } catch (error) {
      giveUp(toErrorCode(error));
    } finally {
      isFilling = false;
    }
  };
  /** Only for starts that come faster than pipes are created: waits some milliseconds for `mkfifo`. */
  const fillNow = (): void => {
    if (performance.now() < retryAtMs) return;
    try {
      const batch = createNames();
      const options = {
        cwd: '/',
        env: environment,
        extendEnv: false,
        stdio: 'ignore',
        reject: false,
        timeout: 5000,
      } as const;
      const result = execaSync('mkfifo', toArguments(batch), options);
      if (result.exitCode === 0) names.push(...batch);
      else giveUp(result.code ?? `exit status ${result.exitCode}`);
    } catch (error) {
      giveUp(toErrorCode(error));
    }
  };
  const open = (): PipeEnds | 'gone' | undefined => {
    if (names.length === 0) fillNow();
    const [name] = names;
    if (name === undefined) return undefined;
    let readFd: number | undefined;
    try {
      readFd = fs.openSync(name, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
      const programFd = fs.openSync(name, fs.constants.O_RDWR);
      names.shift();
      fs.unlinkSync(name);
      return { readFd, programFd };
    } catch (error) {
      if (readFd !== undefined) fs.closeSync(readFd);
      return toErrorCode(error) === 'ENOENT' ? 'gone' : undefined;
    }
  };
  return {
    fill: () => void fill(),
    take() {
      let ends = open();
      if (ends === 'gone') {
        // Another program has cleaned up the temporary files.
        names = [];
        folder = undefined;
        ends = open();
      }
      if (names.length < lowCount) setTimeout(() => void fill(), refillMs).unref();
      return ends === 'gone' ? undefined : ends;
    },
    clear() {
      names = [];
      folder = undefined;
      for (const name of listFolder(os.tmpdir()))
        if (name.startsWith(prefix)) removeFolder(path.join(os.tmpdir(), name));
    },
  };
}

/** Removes a folder of pipes if it is our own: anyone can create a folder of that name among the temporary files. */
function removeFolder(folder: string): void {
  try {
    const stat = fs.lstatSync(folder);
    if (!stat.isDirectory() || stat.uid !== process.getuid?.()) return;
    for (const name of fs.readdirSync(folder)) fs.unlinkSync(path.join(folder, name));
    fs.rmdirSync(folder);
  } catch {
    // A few unused names stay behind.
  }
}

function listFolder(folder: string): readonly string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}
