// One daemon for one history: a lock file that names its owner, and that a dead owner leaves behind harmlessly.
import fs from 'node:fs';
import { AppError, toErrorCode } from '../errors.ts';
import { loadStartTicks } from '../process-identity.ts';

/**
 * Takes the lock beside a history and returns the function that gives it back. A lock whose owner no longer
 * lives is taken over. Throws AppError `history-in-use` or `history-unusable`.
 */
export function lockHistory(historyPath: string): () => void {
  const path = `${historyPath}.lock`;
  const mine = `${process.pid} ${loadStartTicks(process.pid) ?? ''}\n`;
  for (;;) {
    try {
      fs.writeFileSync(path, mine, { flag: 'wx', mode: 0o600 });
      return () => {
        if (loadOwner(path) === mine) fs.rmSync(path, { force: true });
      };
    } catch (error) {
      if (toErrorCode(error) !== 'EEXIST') {
        throw new AppError('history-unusable', `Cannot create ${path} (${toErrorCode(error)})`, [
          'Give the daemon a folder that it may write to, or set history.file in the config',
        ]);
      }
    }
    removeStaleLock(path, historyPath);
  }
}

function removeStaleLock(path: string, historyPath: string): void {
  const owner = loadOwner(path);
  if (owner === undefined) return;
  const [pid = '', startTicks = ''] = owner.trim().split(' ');
  if (/^\d+$/.test(pid) && loadStartTicks(Number(pid)) === startTicks) {
    throw new AppError('history-in-use', `Another remotetask (process ${pid}) uses ${historyPath}`, [
      `Stop it first (kill ${pid}), or give this one a config with its own history.file`,
    ]);
  }
  const aside = `${path}.${process.pid}`;
  try {
    fs.renameSync(path, aside);
    if (loadOwner(aside) !== owner) fs.linkSync(aside, path);
    fs.rmSync(aside);
  } catch {
    // Somebody else was faster: the next try to create the lock decides.
  }
}

function loadOwner(path: string): string | undefined {
  try {
    return fs.readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
