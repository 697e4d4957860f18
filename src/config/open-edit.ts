// Changes a config file on behalf of its owner: all of a change or nothing, and never over a change by others.
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { AppError, toErrorCode } from '../errors.ts';
import { takeLock } from '../history/lock.ts';
import { syncFolder } from '../history/whole-file.ts';
import { lookAt, toRealPath } from '../look.ts';
import { inspectConfig, requireUsable, type Usable } from './load.ts';
import { loadBytes, toText } from './load-file.ts';

/** A config that was read in order to be changed. */
export interface ConfigEdit {
  /** The config as it was read. */
  readonly before: Usable;
  /**
   * Replaces the file by what the edit makes of its text, with the same owner and rights, and returns the config as it is now.
   * Throws AppError `config-changed` if the file is no longer as it was read, `config-invalid` if the daemon would refuse the
   * new one, or `config-unwritable`; the file then is as it was.
   */
  save(edit: (text: string) => string): Usable;
}

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/** Reads a config that is to be changed. Throws AppError `config-missing` or `config-invalid`. */
export function openConfigEdit(file: string, env: NodeJS.ProcessEnv): ConfigEdit {
  // The file is replaced where it is, not the link that leads to it.
  const real = toRealPath(file);
  const bytes = readAll(real);
  const before = requireUsable(inspectConfig(file, env));
  const read = bytes === undefined ? undefined : toText(bytes);
  if (bytes === undefined || read === undefined || 'problem' in read) throw createChanged(file);
  const mark = bytes.subarray(0, 3).equals(byteOrderMark) ? byteOrderMark : Buffer.alloc(0);
  return {
    before,
    save(edit) {
      const edited = Buffer.concat([mark, Buffer.from(edit(read.text))]);
      const aside = `${real}.${randomBytes(6).toString('hex')}`;
      const toRealName = (text: string): string =>
        text.replaceAll(aside, real).replaceAll(path.basename(aside), path.basename(real));
      try {
        const unlock = takeLock(`${real}.lock`, () => {
          throw createChanged(file);
        });
        try {
          const found = lookAt(real);
          if (found.kind !== 'there') throw createChanged(file);
          writeLike(aside, edited, found.stat);
          const after = inspectConfig(aside, env);
          const { kind, warnings } = after;
          if (kind === 'unusable')
            throw new AppError(
              'config-invalid',
              toRealName(after.error.message),
              after.error.details.map(toRealName),
            );
          if (readAll(real)?.equals(bytes) !== true) throw createChanged(file);
          fs.renameSync(aside, real);
          syncFolder(path.dirname(real));
          return { ...after, warnings: warnings.map(toRealName) };
        } finally {
          fs.rmSync(aside, { force: true });
          unlock();
        }
      } catch (error) {
        if (error instanceof AppError) throw error;
        throw createUnwritable(file, toErrorCode(error));
      }
    },
  };
}

/** Writes a new file with the owner and the rights of another one. Throws the system's error. */
function writeLike(file: string, bytes: Buffer, { uid, gid, mode }: fs.Stats): void {
  const fd = fs.openSync(file, 'wx', 0o600);
  try {
    fs.writeFileSync(fd, bytes);
    const made = fs.fstatSync(fd);
    if (made.uid !== uid || made.gid !== gid) fs.fchownSync(fd, uid, gid);
    fs.fchmodSync(fd, mode & 0o7777);
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

function readAll(file: string): Buffer | undefined {
  const read = loadBytes(file);
  return 'problem' in read ? undefined : read.bytes;
}

function createChanged(file: string): AppError {
  return new AppError('config-changed', `${file} was changed by others meanwhile; nothing was written`, [
    'Run the command again',
  ]);
}

const remedies: Readonly<Partial<Record<string, string>>> = {
  EACCES: 'Run the command as the user who owns the config, or as root',
  EPERM: 'Run the command as the user who owns the config, or as root',
  EROFS: 'Its file system is read-only: change the config where it may be written',
  EBUSY: 'It is mounted as a single file: mount its folder instead, or change the config where it is',
  ENOSPC: 'The disk is full',
  EDQUOT: 'The disk quota is used up',
};

function createUnwritable(file: string, code: string): AppError {
  const remedy = remedies[code];
  return new AppError(
    'config-unwritable',
    `Cannot write ${file} (${code}); it is as it was`,
    remedy === undefined ? [] : [remedy],
  );
}
