// What stands at a path: told without an error, whatever it is, and asked in one place only.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { isFolder, lookAt, lookAtLink, toRealPath } from '../src/look.ts';
import { createFolder } from './support/daemon.ts';

const src = path.join(import.meta.dirname, '../src');

test('a path is there, is missing, or cannot be looked at, with the code', (t) => {
  const folder = createFolder(t);
  const at = (name: string): string => path.join(folder, name);
  fs.writeFileSync(at('file'), '');
  fs.symlinkSync('file', at('link'));
  fs.symlinkSync('loop', at('loop'));
  fs.symlinkSync('nothing', at('dangling'));
  const tell = (found: ReturnType<typeof lookAt>): string =>
    found.kind === 'unknown' ? found.code : found.kind;
  const cases: readonly [file: string, through: string, itself: string][] = [
    [folder, 'there', 'there'],
    [at('link'), 'there', 'there'],
    [at('loop'), 'ELOOP', 'there'],
    [at('dangling'), 'missing', 'there'],
    [at('nothing'), 'missing', 'missing'],
    [at('file/x'), 'missing', 'missing'],
    ['', 'missing', 'missing'],
    ['a\0b', 'missing', 'missing'],
    [at('x'.repeat(300)), 'ENAMETOOLONG', 'ENAMETOOLONG'],
    ['/x'.repeat(5000), 'ENAMETOOLONG', 'ENAMETOOLONG'],
  ];
  for (const [file, through, itself] of cases)
    assert.deepEqual([tell(lookAt(file)), tell(lookAtLink(file))], [through, itself], file.slice(0, 80));
  assert.deepEqual([isFolder(folder), isFolder(at('link')), isFolder(at('loop'))], [true, false, false]);
  assert.equal(toRealPath(at('loop')), at('loop'));
});

test('all rooms that follow paths of a config ask the system here only, but for the signature of a watched file; nobody goes half way', () => {
  const files = fs
    .readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'));
  const load = (file: string): string => fs.readFileSync(path.join(src, file), 'utf8');
  const rooms = files.filter((file) => /^(?:config|cli|daemon|nas|runners|dsm|processes)\//.test(file));
  assert.deepEqual(
    rooms.filter((file) => /\.(?:l?stat|realpath)Sync\(/.test(load(file))),
    // The last two look at our own pipes, whose paths no config names.
    ['config/watch.ts', 'processes/earlier-pipes.ts', 'processes/pipe-store.ts'],
  );
  assert.deepEqual(
    files.filter((file) => load(file).includes('throwIfNoEntry')),
    [],
  );
});
