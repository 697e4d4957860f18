// The package for Debian and what comes from it. It holds the single executable, because Debian's own Node is too old.
import zlib from 'node:zlib';
import { createHash } from 'node:crypto';
import { createAr } from './ar.ts';
import type { Cpu } from './node.ts';
import type { Artefact, Release } from './parts.ts';
import { packTar, withFolders, type Entry } from './tar.ts';

const architectures: Readonly<Record<Cpu, string>> = { x64: 'amd64', arm64: 'arm64' };
const maintainer = 'remotetask <remotetask@localhost>';
const scripts = ['postinst', 'prerm', 'postrm'];

/** Built here rather than by dpkg-deb, so that the bytes do not depend on the machine. */
export function packDeb(release: Release, cpu: Cpu): Artefact {
  const { version, timeS } = release;
  const architecture = architectures[cpu];
  const entries = withFolders(listFiles(release, cpu));
  const control = [
    { name: './control', content: renderControl(release, architecture, toKilobytes(entries)) },
    { name: './md5sums', content: renderSums(entries) },
    ...scripts.map((name) => ({
      name: `./${name}`,
      content: release.load(`scripts/release/deb/${name}`),
      isProgram: true,
    })),
  ];
  const content = createAr(
    [
      ['debian-binary', Buffer.from('2.0\n')],
      ['control.tar.gz', packTar(withFolders(control), timeS)],
      ['data.tar.gz', packTar(entries, timeS)],
    ],
    timeS,
  );
  return { name: `remotetask_${version}_${architecture}.deb`, content };
}

function listFiles(release: Release, cpu: Cpu): Entry[] {
  const { load, completions, executables } = release;
  const ours = (file: string): Buffer => load(`scripts/release/deb/${file}`);
  const { executable, licence } = executables[cpu];
  const documents = ['README.md', 'SECURITY.md', 'config.example.json', ...release.list('docs')].filter(
    (file) => /\.(?:md|json|png)$/.test(file),
  );
  const files: readonly Entry[] = [
    { name: 'usr/bin/remotetask', content: ours('remotetask.sh'), isProgram: true },
    { name: 'usr/lib/remotetask/remotetask', content: executable, isProgram: true },
    { name: 'usr/lib/systemd/system/remotetask.service', content: ours('remotetask.service') },
    { name: 'usr/share/bash-completion/completions/remotetask', content: `${completions.bash}\n` },
    { name: 'usr/share/zsh/vendor-completions/_remotetask', content: `${completions.zsh}\n` },
    { name: 'usr/share/fish/vendor_completions.d/remotetask.fish', content: `${completions.fish}\n` },
    { name: 'usr/share/man/man1/remotetask.1.gz', content: pack(load('docs/remotetask.1')) },
    { name: 'usr/share/doc/remotetask/changelog.gz', content: pack(renderChangelog(release)) },
    { name: 'usr/share/doc/remotetask/CHANGELOG.md.gz', content: pack(load('CHANGELOG.md')) },
    { name: 'usr/share/doc/remotetask/copyright', content: load('LICENSE') },
    { name: 'usr/share/doc/remotetask/licences.txt.gz', content: pack(release.loadBuilt('licences.txt')) },
    { name: 'usr/share/doc/remotetask/licence-node.txt.gz', content: pack(licence) },
    ...documents.map((file) => ({ name: `usr/share/doc/remotetask/${file}`, content: load(file) })),
    { name: 'usr/share/lintian/overrides/remotetask', content: ours('lintian-overrides') },
  ];
  return files.map((file) => ({ ...file, name: `./${file.name}` }));
}

function renderControl({ version }: Release, architecture: string, kilobytes: number): string {
  return `Package: remotetask
Version: ${version}
Architecture: ${architecture}
Maintainer: ${maintainer}
Installed-Size: ${kilobytes}
Depends: adduser, init-system-helpers (>= 1.54~), libc6 (>= 2.28), libgcc-s1, libstdc++6 (>= 8)
Section: net
Priority: optional
Description: starts a task, or a command, from a URL
 A small daemon that starts a task of a Synology NAS, or a command of this
 machine, when an address with two keys is opened: by a bookmark on a phone,
 by curl, or by home automation. Strangers learn nothing.
 .
 It brings the Node.js that it runs with.
`;
}

/** In the form that Debian's programs read. */
function renderChangelog({ version, timeS }: Release): string {
  const date = new Date(timeS * 1000).toUTCString().replace('GMT', '+0000');
  return `remotetask (${version}) unstable; urgency=medium\n\n  * See CHANGELOG.md.gz.\n\n -- ${maintainer}  ${date}\n`;
}

function renderSums(entries: readonly Entry[]): string {
  return entries
    .filter(({ name }) => !name.endsWith('/'))
    .map(({ name, content = '' }) => `${createHash('md5').update(content).digest('hex')}  ${name.slice(2)}\n`)
    .toSorted((a, b) => (a.slice(34) < b.slice(34) ? -1 : 1))
    .join('');
}

/** As dpkg counts: each file in whole kilobytes, each folder as one. */
function toKilobytes(entries: readonly Entry[]): number {
  return entries.reduce((sum, { content = '' }) => sum + Math.max(1, Math.ceil(content.length / 1024)), 0);
}

function pack(content: Uint8Array | string): Buffer {
  return zlib.gzipSync(content, { level: 9 });
}
