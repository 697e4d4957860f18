// The parts of a release: archives with the same bytes each time, versions, and what the packages install.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { scripts } from '../../src/cli/completion-scripts.ts';
import { createAr } from '../../scripts/release/ar.ts';
import { packDeb } from '../../scripts/release/deb.ts';
import { packNpmPackage } from '../../scripts/release/npm-package.ts';
import type { Release } from '../../scripts/release/parts.ts';
import { createTar, packTar, withFolders } from '../../scripts/release/tar.ts';
import { toNotes } from '../../scripts/release/version.ts';
import { createFolder } from '../support/daemon.ts';

const root = path.join(import.meta.dirname, '../..');
const debFolder = path.join(root, 'scripts/release/deb');
const timeS = 1_700_000_000;
const load = (file: string): Buffer => fs.readFileSync(path.join(root, file));
const has = (program: string): boolean => spawnSync('which', [program]).status === 0;

/** A release with a small file in place of Node and of what a build makes. */
const node = { executable: Buffer.from('#!/bin/sh\necho node\n'), licence: Buffer.from('MIT') };
const release: Release = {
  version: '1.2.3',
  timeS,
  notes: '* Notes.\n',
  executables: { x64: node, arm64: node },
  completions: scripts,
  load,
  list: (place) =>
    ({ bin: ['bin/remotetask'], docs: ['docs/config.md', 'docs/remotetask.1'] })[place] ?? [place],
  loadBuilt: (file) => Buffer.from(`built ${file}`),
};

test('an archive depends on its content only, and tar unpacks it with names, modes and times', (t) => {
  const folder = createFolder(t);
  const long = `${'a/'.repeat(60)}${'b'.repeat(90)}`;
  const entries = withFolders([
    { name: 'x/program', content: 'one', isProgram: true },
    { name: long, content: 'two' },
    { name: 'x/link', link: 'program' },
  ]);
  const file = path.join(folder, 'a.tar.gz');
  fs.writeFileSync(file, packTar(entries, timeS));
  assert.deepEqual(packTar(entries.toReversed(), timeS), fs.readFileSync(file));
  execFileSync('tar', ['-xzf', file, '--same-permissions'], { cwd: folder });
  assert.equal(fs.readFileSync(path.join(folder, long), 'utf8'), 'two');
  assert.equal(fs.readlinkSync(path.join(folder, 'x/link')), 'program');
  const { mode, mtimeMs } = fs.statSync(path.join(folder, 'x/program'));
  assert.deepEqual([mode & 0o777, mtimeMs], [0o755, timeS * 1000]);
  assert.equal(fs.statSync(path.join(folder, long)).mode & 0o777, 0o644);
  const listed = execFileSync('tar', ['-tvzf', file], { encoding: 'utf8' });
  for (const line of listed.trim().split('\n')) assert.match(line, /^\S+ root\/root /);
  assert.throws(() => createTar([{ name: 'a'.repeat(300) }], timeS), /Too long for an archive/);
});

test('an outer archive begins each file at an even place', () => {
  const text = createAr(
    [
      ['a', Buffer.from('odd')],
      ['b', Buffer.from('even')],
    ],
    timeS,
  ).toString();
  assert.equal(
    text,
    [
      '!<arch>\n',
      `a               ${timeS}  0     0     100644  3         \`\nodd\n`,
      `b               ${timeS}  0     0     100644  4         \`\neven`,
    ].join(''),
  );
});

test('only a version that package.json and CHANGELOG.md have is released', () => {
  const changelog = '# Changelog\n\n## 1.2.3 (2026-12-01)\n\n* New.\n\n### Fixed\n\n* Old.\n\n## 1.2.2\n';
  const check = (version: string, packageVersion = version): string =>
    toNotes(version, { packageVersion, changelog });
  assert.equal(check('1.2.3'), '* New.\n\n### Fixed\n\n* Old.\n');
  for (const version of ['', '1', '1.2', 'v1.2.3', '1.2.03', '1.2.3-rc.1', '1.2.3\n'])
    assert.throws(() => check(version), /Write the version as three numbers/);
  assert.throws(() => check('1.2.3', '1.2.2'), /package\.json has version 1\.2\.2: run `npm version /);
  assert.throws(() => check('1.2.4'), /CHANGELOG\.md has no "## 1\.2\.4"/);
  assert.throws(() => check('1.2.2'), /CHANGELOG\.md has nothing below "## 1\.2\.2"/);
});

test('the package for npm has the program, its documents, and nothing to fetch', (t) => {
  const folder = createFolder(t);
  const { name, content } = packNpmPackage(release);
  assert.equal(name, 'remotetask-1.2.3.tgz');
  const file = path.join(folder, name);
  fs.writeFileSync(file, content);
  execFileSync('tar', ['-xzf', file], { cwd: folder });
  const inside = path.join(folder, 'package');
  const packageJson = JSON.parse(fs.readFileSync(path.join(inside, 'package.json'), 'utf8')) as object;
  assert.deepEqual(
    Object.keys(packageJson).filter((key) => /ependencies|scripts|private/.test(key)),
    [],
  );
  for (const needed of [
    'bin/remotetask',
    'dist/remotetask.cjs',
    'dist/licences.txt',
    'docs/remotetask.1',
    'completions/remotetask.bash',
    'completions/remotetask.zsh',
    'completions/remotetask.fish',
    'LICENSE',
    'README.md',
    'config.example.json',
  ])
    assert.ok(fs.existsSync(path.join(inside, needed)), needed);
  assert.equal(fs.statSync(path.join(inside, 'bin/remotetask')).mode & 0o777, 0o755);
});

test(
  'the package for Debian is one that dpkg reads, with its files where they belong',
  { skip: !has('dpkg-deb') },
  (t) => {
    const folder = createFolder(t);
    for (const [cpu, architecture] of [
      ['x64', 'amd64'],
      ['arm64', 'arm64'],
    ] as const) {
      const { name, content } = packDeb(release, cpu);
      assert.equal(name, `remotetask_1.2.3_${architecture}.deb`);
      assert.deepEqual(packDeb(release, cpu).content, content);
      const file = path.join(folder, name);
      fs.writeFileSync(file, content);
      const fields = execFileSync('dpkg-deb', ['--field', file, 'Version', 'Architecture'], {
        encoding: 'utf8',
      });
      assert.equal(fields, `Version: 1.2.3\nArchitecture: ${architecture}\n`);
    }
    const file = path.join(folder, 'remotetask_1.2.3_amd64.deb');
    execFileSync('dpkg-deb', ['--raw-extract', file, path.join(folder, 'raw')]);
    const inPackage = (place: string): string => path.join(folder, 'raw', place);
    assert.equal(fs.statSync(inPackage('usr/bin/remotetask')).mode & 0o777, 0o755);
    assert.ok(fs.existsSync(inPackage('usr/lib/systemd/system/remotetask.service')));
    execFileSync('md5sum', ['--check', '--quiet', 'DEBIAN/md5sums'], { cwd: inPackage('.') });
  },
);

test('the scripts of the package are scripts for sh', () => {
  for (const file of ['postinst', 'prerm', 'postrm', 'remotetask.sh'])
    execFileSync('sh', ['-n', path.join(debFolder, file)]);
});

test('the unit is sandboxed', { skip: !has('systemd-analyze') }, () => {
  const unit = path.join(debFolder, 'remotetask.service');
  const { status, stdout, stderr } = spawnSync(
    'systemd-analyze',
    ['security', '--offline=yes', '--threshold=30', '--no-pager', unit],
    { encoding: 'utf8' },
  );
  assert.equal(status, 0, `${stdout.split('\n').at(-2)} ${stderr}`);
});
