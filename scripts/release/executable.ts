// A single executable: Node with the bundle inside, for a machine without Node.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { packedFiles } from '../../src/icons/places.ts';
import { addNote } from './elf.ts';
import type { Cpu } from './node.ts';
import type { Artefact, Release } from './parts.ts';
import { packTar, withFolders } from './tar.ts';

/** Where Node looks for its program, and what it reads first to know whether it has one. */
const noteName = 'NODE_SEA_BLOB';
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/**
 * Prepares the program, as a build with `--executable` has left it in a folder, for Node. The same bytes fit every processor, because
 * nothing is compiled in advance.
 */
export function prepareProgram(build: string): Buffer {
  const { rasteriser, emojiList, emoji } = packedFiles;
  const settings = {
    // Relative, because it is written into the result.
    main: 'executable.cjs',
    output: 'program.blob',
    disableExperimentalSEAWarning: true,
    useCodeCache: false,
    // The same that bin/remotetask gives to Node; NODE_OPTIONS is ignored.
    execArgv: ['--max-semi-space-size=2', '--max-old-space-size=256'],
    execArgvExtension: 'none',
    assets: Object.fromEntries([rasteriser, emojiList, emoji].map((file) => [file, file])),
  };
  fs.writeFileSync(path.join(build, 'executable.json'), JSON.stringify(settings));
  execFileSync(process.execPath, ['--experimental-sea-config', 'executable.json'], {
    cwd: build,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return fs.readFileSync(path.join(build, settings.output));
}

/** What is downloaded: the executable, with the licences of what is in it. */
export function packExecutable(release: Release, cpu: Cpu): Artefact {
  const { version, timeS } = release;
  const { executable, licence } = release.executables[cpu];
  const folder = `remotetask-${version}-linux-${cpu}`;
  const entries = [
    { name: 'remotetask', content: executable, isProgram: true },
    { name: 'LICENSE', content: release.load('LICENSE') },
    { name: 'LICENSE.node', content: licence },
    { name: 'licences.txt', content: release.loadBuilt('licences.txt') },
    { name: 'remotetask.1', content: release.load('docs/remotetask.1') },
    { name: 'config.example.json', content: release.load('config.example.json') },
  ].map((entry) => ({ ...entry, name: `${folder}/${entry.name}` }));
  return { name: `${folder}.tar.gz`, content: packTar(withFolders(entries), timeS) };
}

/** Node with this program inside. */
export function createExecutable(node: Buffer, program: Uint8Array): Buffer {
  const at = node.indexOf(`${fuse}:0`);
  if (at === -1) throw new Error('This Node cannot hold a program, or holds one');
  const fused = Buffer.from(node);
  fused.write(`${fuse}:1`, at);
  return addNote(fused, noteName, program);
}
