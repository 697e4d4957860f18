// Finds files that would be written for two purposes at once, or that would overwrite files of the config.
import path from 'node:path';
import { toAttemptFiles } from '../attempts/attempts.ts';
import { toBlocksPath } from '../entry/blocks.ts';
import { toFollowUpsPath } from '../follow-ups/state.ts';
import { toLinksPath } from '../entry/links.ts';
import { toNamesPath } from '../history/names.ts';
import { toControlPath } from '../history/control-path.ts';
import { lookAt, toRealPath } from '../look.ts';
import type { Finding, Path } from './finding.ts';
import type { Config } from './schema.ts';

interface WrittenFile {
  readonly file: string;
  readonly setting: 'log.file' | 'history.file';
}

/** Errors if the files of the log, the files of the history and the files of the config are not all different. */
export function findSharedFiles(
  { log, history }: Pick<Config, 'log' | 'history'>,
  folder: string,
  files: readonly string[],
): Finding[] {
  const logPath = path.resolve(folder, log.file);
  const historyPath = path.resolve(folder, history.file);
  const rotated = Array.from({ length: log.keep }, (_, i) => `${logPath}.${i + 1}`);
  const beside = [
    `${historyPath}.lock`,
    `${historyPath}.new`,
    toNamesPath(historyPath),
    toBlocksPath(historyPath),
    `${toBlocksPath(historyPath)}.new`,
    toFollowUpsPath(historyPath),
    `${toFollowUpsPath(historyPath)}.new`,
    toLinksPath(historyPath),
    `${toLinksPath(historyPath)}.new`,
    toControlPath(historyPath),
  ];
  const ofHistory = [historyPath, ...toAttemptFiles(historyPath), ...beside];
  const written: readonly WrittenFile[] = [
    ...[logPath, ...rotated].map((file) => ({ file, setting: 'log.file' as const })),
    ...ofHistory.map((file) => ({ file, setting: 'history.file' as const })),
  ];
  if (history.file.includes('\0'))
    return [{ path: ['history', 'file'], message: 'Remove the NUL character: no path can hold one' }];
  const identify = createIdentify();
  const taken = new Set(files.flatMap(identify));
  const findings = new Map<string, Finding>();
  const ofLog = new Set<string>();
  for (const { file, setting } of written) {
    const identities = identify(file);
    const at: Path = setting.split('.');
    if (identities.some((identity) => taken.has(identity)))
      findings.set(setting, {
        path: at,
        message:
          'Give this a file of its own: the config is read from this one, or from one beside it that is written, too',
      });
    else if (setting === 'log.file') for (const identity of identities) ofLog.add(identity);
    else if (identities.some((identity) => ofLog.has(identity)))
      findings.set(setting, {
        path: at,
        message:
          'Give the history a file of its own: the log, or a file that belongs to it, is this one or stands beside it under the same name',
      });
  }
  return [...findings.values()];
}

/** What identifies a file: its path with all links above it resolved, and its inode, which hard links and links to it share. */
function createIdentify(): (file: string) => readonly string[] {
  const folders = new Map<string, string>();
  return (file) => {
    const folder = path.dirname(file);
    const real = folders.get(folder) ?? toRealPath(folder);
    folders.set(folder, real);
    const found = lookAt(file);
    const isRegular = found.kind === 'there' && found.stat.isFile();
    return [
      path.join(real, path.basename(file)),
      ...(isRegular ? [`${found.stat.dev}:${found.stat.ino}`] : []),
    ];
  };
}
