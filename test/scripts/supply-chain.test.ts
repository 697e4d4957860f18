// What the program is made of: the list of its packages, and the look-up in advisories.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { findAdvisories, parseAdvisories } from '../../scripts/advisories/osv.ts';
import { compareVersions } from '../../scripts/advisories/versions.ts';
import { readLockFile } from '../../scripts/lock-file.ts';
import { createFolder } from '../support/daemon.ts';

const root = path.join(import.meta.dirname, '../..');
const packages = readLockFile(path.join(root, 'package-lock.json'));

interface Bom {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly serialNumber: string;
  readonly metadata: { readonly component: Record<string, string> };
  readonly components: readonly {
    readonly 'bom-ref': string;
    readonly type: string;
    readonly name: string;
    readonly version: string;
    readonly scope: string;
    readonly purl: string;
    readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
    readonly licenses: readonly object[];
  }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

test('the list of packages keeps the rules of CycloneDX 1.6, and is the same each time', (t) => {
  const folder = createFolder(t);
  const [first, second] = ['1', '2'].map((name) => {
    const file = path.join(folder, name);
    execFileSync(process.execPath, ['scripts/sbom.ts', file], { cwd: root });
    return fs.readFileSync(file, 'utf8');
  });
  assert.equal(first, second);
  assert.ok(!first?.includes(root));
  const bom = JSON.parse(first ?? '') as Bom;
  assert.deepEqual([bom.bomFormat, bom.specVersion], ['CycloneDX', '1.6']);
  assert.match(
    bom.serialNumber,
    /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  const root0 = bom.metadata.component['bom-ref'] ?? '';
  const refs = [root0, ...bom.components.map((one) => one['bom-ref'])];
  assert.equal(new Set(refs).size, refs.length);
  for (const { type, name, version, scope, purl, hashes = [], licenses } of bom.components) {
    assert.equal(type, 'library');
    assert.ok(['required', 'optional', 'excluded'].includes(scope));
    assert.match(`${name} ${version}`, /^[\w.-]+ \d+\.\d+\.\d+/);
    assert.match(purl, /^pkg:npm\/(?:%40[\w.-]+\/)?[\w.-]+@[\w.%-]+$/);
    assert.equal(licenses.length, 1, name);
    // npm writes no checksum for programs of other machines.
    if (scope === 'required') assert.equal(hashes.length, 1, name);
    for (const { alg, content } of hashes) assert.match(`${alg} ${content}`, /^SHA-512 [0-9a-f]{128}$/);
  }
  assert.deepEqual(bom.dependencies.map(({ ref }) => ref).toSorted(), refs.toSorted());
  for (const { dependsOn } of bom.dependencies)
    assert.deepEqual(
      dependsOn.filter((ref) => !refs.includes(ref)),
      [],
    );
  // Nothing that is shipped depends on what is not.
  const scopeOf = new Map(bom.components.map((one) => [one['bom-ref'], one.scope]));
  for (const { ref, dependsOn } of bom.dependencies)
    if (scopeOf.get(ref) === 'required')
      for (const other of dependsOn) assert.notEqual(scopeOf.get(other), 'excluded', `${ref} needs ${other}`);
  assert.equal(scopeOf.get(packages.find(({ name }) => name === 'fastify')?.id ?? ''), 'required');
  assert.equal(scopeOf.get(packages.find(({ name }) => name === 'typescript')?.id ?? ''), 'excluded');
});

test('versions are ordered as Semantic Versioning orders them', () => {
  const ordered = [
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
    '1.2.0',
    '1.10.0',
    '2.0.0',
  ];
  for (const [i, a] of ordered.entries())
    for (const [j, b] of ordered.entries())
      assert.equal(Math.sign(compareVersions(a, b)), Math.sign(i - j), `${a} ${b}`);
  assert.equal(compareVersions('1.0.0+build', 'v1.0.0'), 0);
});

test('an advisory applies to the versions in its ranges, and to no other package', () => {
  const toAdvisory = (events: object[], more: object = {}): object => ({
    id: 'GHSA-x',
    affected: [{ package: { ecosystem: 'npm', name: 'a' }, ranges: [{ type: 'SEMVER', events }] }],
    ...more,
  });
  const applies = (version: string, advisory: object, name = 'a'): boolean =>
    findAdvisories([{ name, version, scope: 'required' }], parseAdvisories(JSON.stringify([advisory])))
      .length === 1;
  const fixed = toAdvisory([
    { introduced: '0' },
    { fixed: '1.2.3' },
    { introduced: '2.0.0' },
    { last_affected: '2.1.0' },
  ]);
  const expected = {
    '1.0.0': true,
    '1.2.2': true,
    '1.2.3': false,
    '1.9.0': false,
    '2.0.0': true,
    '2.1.0': true,
    '2.1.1': false,
  };
  for (const [version, isAffected] of Object.entries(expected))
    assert.equal(applies(version, fixed), isAffected, version);
  assert.equal(applies('1.0.0', fixed, 'b'), false);
  assert.equal(applies('9.9.9', toAdvisory([{ introduced: '3.0.0' }])), true);
  assert.equal(
    applies('1.0.0', toAdvisory([{ introduced: '0' }], { withdrawn: '2026-01-01T00:00:00Z' })),
    false,
  );
  const other = {
    id: 'PYSEC-1',
    affected: [{ package: { ecosystem: 'PyPI', name: 'a' }, versions: ['1.0.0'] }],
  };
  assert.equal(applies('1.0.0', other), false);
  const listed = {
    id: 'MAL-1',
    affected: [{ package: { ecosystem: 'npm', name: 'a' }, versions: ['1.0.0'] }],
  };
  assert.deepEqual([applies('1.0.0', listed), applies('1.0.1', listed)], [true, false]);
  assert.equal(parseAdvisories(`${JSON.stringify(listed)}\n${JSON.stringify(fixed)}\n`).length, 2);
});

test('the check fails for a package with an advisory, passes without, and says loudly if it cannot check', (t) => {
  const folder = createFolder(t);
  const file = path.join(folder, 'osv.json');
  const check = (text?: string): { status: number | null; output: string } => {
    if (text !== undefined) fs.writeFileSync(file, text);
    const { OSV_FILE: _, ...env } = process.env;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/advisories.ts'], {
      cwd: root,
      env: { ...env, ...(text === undefined ? {} : { OSV_FILE: file }) },
      encoding: 'utf8',
    });
    return { status, output: stdout + stderr };
  };
  const of = (name: string): string =>
    JSON.stringify([
      { id: 'GHSA-x', summary: 'A hole', affected: [{ package: { ecosystem: 'npm', name } }] },
    ]);
  const none = check();
  assert.equal(none.status, 0);
  assert.match(none.output, /^\*\*\* NO ADVISORIES WERE CHECKED/m);
  assert.equal(check(of('a-package-that-we-do-not-use')).status, 0);
  const bad = check(of('fastify'));
  assert.equal(bad.status, 1);
  assert.match(bad.output, /^fastify \d+\.\d+\.\d+ \(required\): GHSA-x, A hole$/m);
  const empty = check('[]');
  assert.deepEqual([empty.status, /NO ADVISORIES WERE CHECKED/.test(empty.output)], [1, true]);
  assert.equal(check('{').status, 1);
});
