// Warns if other users could read the secrets or change the config, with remedies.
import { lookAt } from '../look.ts';
import { createLookOnce, listExposures, type Exposure } from '../processes/writers.ts';
import { toOneLine } from '../untrusted-text.ts';
import { renderPath, type Finding } from './finding.ts';
import type { NamedFile } from './list-files.ts';

/** Warnings about a config file and the files that it refers to, and about all folders and links on their paths. */
export function findOpenFiles(file: string, named: readonly NamedFile[], look = createLookOnce()): Finding[] {
  const uid = process.getuid?.();
  // Grouped by problem, so that a folder above several files is named once.
  const warnings = new Map<string, Finding>();
  const judge = (
    guarded: string,
    secrets: string | undefined,
    render: (exposure: Exposure) => string,
  ): void => {
    const open = secrets === undefined ? undefined : findReaders(guarded, secrets);
    if (open !== undefined && !warnings.has(guarded))
      warnings.set(guarded, { path: undefined, message: open, kind: 'readable' });
    for (const exposure of listExposures(guarded, uid, look).toReversed()) {
      // A warning that others can write the secret has already been added.
      if (open !== undefined && exposure.entry === 'file' && exposure.kind === 'writable') continue;
      const key = `${exposure.kind} ${exposure.path}`;
      if (!warnings.has(key))
        warnings.set(key, { path: undefined, message: render(exposure), kind: exposure.kind });
    }
  };
  judge(file, 'the keys', (exposure) => renderOpenConfig(exposure, uid));
  for (const { path, file: other, holds } of named) {
    const place = renderPath(path);
    if (holds !== 'picture')
      judge(other, holds === 'secret' ? `the secret of ${place}` : undefined, (exposure) =>
        renderOpenFile(place, exposure, uid),
      );
  }
  return [...warnings.values()];
}

/** Warns that others can read a file. If root owns it and the daemon is not root, the daemon may need the group's right to read it. */
function findReaders(file: string, secrets: string): string | undefined {
  const found = lookAt(file);
  if (found.kind !== 'there') return undefined;
  const isByGroup = found.stat.uid === 0 && process.getuid?.() !== 0;
  if ((found.stat.mode & (isByGroup ? 0o027 : 0o077)) === 0) return undefined;
  return `Others on this machine can read or change ${secrets}: run \`chmod ${isByGroup ? 'g-w,o-rwx' : '600'} ${toOneLine(file)}\``;
}

function renderOpenConfig(exposure: Exposure, uid: number | undefined): string {
  const { kind, entry, path, what } = exposure;
  if (kind === 'unknown')
    return `The daemon cannot see who can change the config: ${toOneLine(path)} (${what})`;
  const who = kind === 'writable' ? 'Others on this machine' : 'Another user';
  return kind === 'foreign' && entry === 'file'
    ? `The config belongs to another user, who decides what is run: run \`${renderRemedy(exposure, uid)}\``
    : `${who} can replace the config: run \`${renderRemedy(exposure, uid)}\``;
}

function renderOpenFile(place: string, exposure: Exposure, uid: number | undefined): string {
  const { kind, entry, path, what } = exposure;
  if (kind === 'unknown')
    return `${place}: the daemon cannot see who can change this file: ${toOneLine(path)} (${what})`;
  const who = kind === 'writable' ? 'others on this machine' : 'another user';
  return `${place}: ${who} can ${entry === 'file' ? 'change' : 'replace'} this file: run \`${renderRemedy(exposure, uid)}\``;
}

function renderRemedy({ kind, entry, path }: Exposure, uid: number | undefined): string {
  if (kind === 'writable') return `chmod go-w ${toOneLine(path)}`;
  return `chown ${entry === 'link' ? '-h ' : ''}${uid} ${toOneLine(path)}`;
}
