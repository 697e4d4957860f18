// `npm run release -- X.Y.Z`: builds everything that users download into out/. The same commit gives the same bytes, whatever the machine.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { scripts } from '../src/cli/completion-scripts.ts';
import packageJson from '../package.json' with { type: 'json' };
import { packDeb } from './release/deb.ts';
import { createExecutable, packExecutable, prepareProgram } from './release/executable.ts';
import { loadNode, type Cpu } from './release/node.ts';
import { packNpmPackage } from './release/npm-package.ts';
import type { Artefact, Release } from './release/parts.ts';
import { toNotes } from './release/version.ts';

const root = path.join(import.meta.dirname, '..');
const out = path.join(root, 'out');
const cache = path.join(root, 'node_modules/.cache/remotetask-node');
const cpus: readonly Cpu[] = ['x64', 'arm64'];

const run = (program: string, args: readonly string[]): string =>
  execFileSync(program, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
const load = (file: string): Buffer => fs.readFileSync(path.join(root, file));

/** The time of the last commit, unless the environment gives another one, as everywhere in reproducible builds. */
function findTime(): number {
  const given = process.env['SOURCE_DATE_EPOCH'] ?? run('git', ['log', '-1', '--format=%ct']);
  const timeS = Number(given);
  if (!Number.isSafeInteger(timeS) || given.trim() === '')
    throw new Error(`SOURCE_DATE_EPOCH is not a number of seconds: ${given}`);
  return timeS;
}

/** The files below a place, or the file itself. */
function list(place: string): string[] {
  const isFolder = fs.statSync(path.join(root, place)).isDirectory();
  if (!isFolder) return [place];
  return fs
    .readdirSync(path.join(root, place), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
}

function createExecutables(build: string): Release['executables'] {
  const program = prepareProgram(build);
  const create = (cpu: Cpu): Release['executables'][Cpu] => {
    const node = loadNode(cpu, { root, cache });
    return { executable: createExecutable(node.program, program), licence: node.licence };
  };
  return { x64: create('x64'), arm64: create('arm64') };
}

function createArtefacts(build: string, version: string, notes: string): Artefact[] {
  run(process.execPath, ['scripts/build.ts', build, '--executable']);
  const list_ = path.join(build, 'sbom.json');
  run(process.execPath, ['scripts/sbom.ts', list_]);
  const release: Release = {
    version,
    timeS: findTime(),
    notes,
    executables: createExecutables(build),
    completions: scripts,
    load,
    list,
    loadBuilt: (file) => fs.readFileSync(path.join(build, file)),
  };
  return [
    packNpmPackage(release),
    ...cpus.flatMap((cpu) => [packExecutable(release, cpu), packDeb(release, cpu)]),
    { name: `remotetask-${version}.cdx.json`, content: fs.readFileSync(list_) },
    { name: 'NOTES.md', content: notes },
  ];
}

/** Lines as `sha256sum --check` reads them. */
function toSums(artefacts: readonly Artefact[]): string {
  return artefacts
    .map(({ name, content }) => `${createHash('sha256').update(content).digest('hex')}  ${name}\n`)
    .toSorted((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1))
    .join('');
}

function release(version: string): void {
  const notes = toNotes(version, {
    packageVersion: packageJson.version,
    changelog: load('CHANGELOG.md').toString(),
  });
  const build = fs.mkdtempSync(path.join(os.tmpdir(), 'remotetask-release-'));
  try {
    const artefacts = createArtefacts(build, version, notes);
    fs.rmSync(out, { recursive: true, force: true });
    fs.mkdirSync(out);
    for (const { name, content } of [...artefacts, { name: 'SHA256SUMS', content: toSums(artefacts) }]) {
      fs.writeFileSync(path.join(out, name), content);
      console.log(`out/${name}: ${(content.length / 1e6).toFixed(2)} MB`);
    }
  } finally {
    fs.rmSync(build, { recursive: true });
  }
}

try {
  release(process.argv[2] ?? '');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
