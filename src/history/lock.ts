// One daemon per history: a lock file that names its owner; the lock of a dead owner does no harm.
import { hash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { toTyped } from '../called.ts';
import { AppError, toErrorCode } from '../errors.ts';
import { isAlive, loadIdentity } from '../processes/process-identity.ts';

/** The error codes of file systems without hard links. */
const noLinks: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV']);
/** How long a lock may be empty or incomplete: without hard links, it is created first and written afterwards. */
const tornMs = 500;
const pollMs = 10;
/** How long another process may take to replace the lock of a dead owner. */
const takeOverMs = 5000;

/**
 * Takes the lock beside a history and returns the function that releases it. If a lock's owner is dead, exactly one
 * process takes the lock over. Throws AppError `history-in-use` or `history-unusable`.
 */
export function lockHistory(historyPath: string): () => void {
  try {
    return takeLock(`${historyPath}.lock`, (pid) => {
      throw new AppError('history-in-use', `Another remotetask (process ${pid}) uses ${historyPath}`, [
        `Stop it first (${toTyped('shutdown')}), or give this one a config with its own history.file`,
      ]);
    });
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('history-unusable', `Cannot create ${historyPath}.lock (${toErrorCode(error)})`, [
      'Give the daemon a folder that it may write to, or set history.file in the config',
    ]);
  }
}

/** Whether another process that is alive has the lock beside a history; false if that cannot be found out. */
export function isHistoryLocked(historyPath: string): boolean {
  try {
    const owner = loadOwner(`${historyPath}.lock`);
    return owner !== undefined && findHolder(owner) !== undefined;
  } catch {
    return false;
  }
}

/**
 * Takes a lock. `onHeld` gets the process that holds it, and either throws or returns for another try. Which process may replace
 * a dead owner's lock is itself decided by a lock, which is named after the text of the dead owner's lock: that text
 * is never written again, so a process that comes later finds a different text.
 */
export function takeLock(path: string, onHeld: (pid: string) => void): () => void {
  const { startTicks = '', bootId = '' } = loadIdentity(process.pid) ?? {};
  const mine = `${process.pid} ${startTicks} ${bootId} ${randomBytes(6).toString('hex')}\n`;
  while (!create(path, mine)) {
    const owner = loadOwner(path);
    if (owner === undefined) continue;
    const holder = findHolder(owner);
    if (holder !== undefined) onHeld(holder);
    else replace(path, owner, mine);
    if (loadOwner(path) === mine) break;
  }
  return () => {
    try {
      if (loadOwner(path) === mine) fs.rmSync(path, { force: true });
    } catch {
      // Once this process is gone, the lock has no effect.
    }
  };
}

function replace(path: string, owner: string, mine: string): void {
  const untilMs = performance.now() + takeOverMs;
  const unlock = takeLock(`${path}.${hash('sha256', owner).slice(0, 16)}`, (pid) => {
    if (performance.now() > untilMs)
      throw Object.assign(new Error(`Process ${pid} takes it over`), { code: 'EBUSY' });
    pause(pollMs);
  });
  try {
    if (loadOwner(path) === owner) writeAside(path, mine, (aside) => fs.renameSync(aside, path));
  } finally {
    unlock();
  }
}

/** Creates a lock with its text, atomically if the file system has hard links; false if a lock exists. */
function create(path: string, text: string): boolean {
  try {
    writeAside(path, text, (aside) => fs.linkSync(aside, path));
    return true;
  } catch (error) {
    if (toErrorCode(error) === 'EEXIST') return false;
    if (!noLinks.has(toErrorCode(error))) throw error;
  }
  try {
    fs.writeFileSync(path, text, { flag: 'wx', mode: 0o600, flush: true });
  } catch (error) {
    if (toErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
  // Another process that found it empty for too long may have replaced it.
  return loadOwner(path) === text;
}

function writeAside(path: string, text: string, use: (aside: string) => void): void {
  const aside = `${path}.${process.pid}-${randomBytes(6).toString('hex')}`;
  try {
    fs.writeFileSync(aside, text, { flag: 'wx', mode: 0o600, flush: true });
    use(aside);
  } finally {
    fs.rmSync(aside, { force: true });
  }
}

/** The process that holds a lock, if it is still alive: another process may have its id by now, or the machine may have rebooted. */
function findHolder(owner: string): string | undefined {
  const [pid = '', startTicks = '', bootId = ''] = owner.trim().split(' ');
  if (!/^[1-9]\d*$/.test(pid)) return undefined;
  const self = loadIdentity(process.pid);
  // Without /proc, only the id is known.
  if (self === undefined || self.startTicks === '') return isThere(Number(pid)) ? pid : undefined;
  // Earlier versions did not write the boot id.
  return isAlive({ pid: Number(pid), startTicks, bootId: bootId === '' ? self.bootId : bootId })
    ? pid
    : undefined;
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return toErrorCode(error) === 'EPERM';
  }
}

/** The content of a lock, once it is complete; undefined if no lock exists. Throws the system's error. */
function loadOwner(path: string): string | undefined {
  for (const untilMs = performance.now() + tornMs; ; pause(pollMs)) {
    try {
      const text = loadText(path);
      if (text.endsWith('\n') || performance.now() > untilMs) return text;
    } catch (error) {
      if (toErrorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }
}

function loadText(path: string): string {
  const fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
  try {
    return fs.readFileSync(fd, 'utf8');
  } finally {
    fs.closeSync(fd);
  }
}

/** Waits without a turn of the event loop, so that nothing else happens before the daemon has its lock. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
