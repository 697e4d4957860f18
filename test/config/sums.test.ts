// Thousands of warnings of one kind are some lines, and the system is asked once for what they have in common.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { createJudge, server } from '../support/config.ts';
import { createOnce } from '../../src/config/once.ts';

const manyTasks = (count: number, options: (i: number) => object): object =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `t${i}`,
      { identifier: `a-key-of-its-own-${String(i).padStart(6, '0')}`, ...options(i) },
    ]),
  );

const kinds: Record<string, (i: number, folder: string) => object> = {
  'one missing program': () => ({ command: ['/no/where'] }),
  'a missing program each': (i) => ({ command: [`/no/where/${i}`] }),
  'a missing folder each': (i) => ({ command: ['true'], cwd: `/no/where/${i}` }),
  'a question without "confirm"': () => ({ command: ['true'], question: 'Now?' }),
  'an emoji without a drawing': () => ({ command: ['true'], icon: '🇩🇪' }),
};

for (const [what, options] of Object.entries(kinds))
  test(`of 2,000 tasks with ${what}, ten are named and the rest is counted`, (t) => {
    const { judge, folder } = createJudge(t);
    const { code, warnings } = judge({ server, tasks: manyTasks(2000, (i) => options(i, folder)) });
    assert.equal(code, undefined);
    assert.equal(warnings.length, 10);
    assert.match(warnings[0] ?? '', /^config\.json:\d+:\d+ tasks\.t0/);
    assert.match(warnings[9] ?? '', /^config\.json:\d+:\d+ tasks\.t9.* \(… and 1,990 more of this kind\)$/);
    assert.equal(warnings.filter((warning) => warning.includes('more of this kind')).length, 1);
  });

test('kinds are counted apart, and ten of a kind are all named', (t) => {
  const { warnings } = createJudge(t).judge({
    server,
    tasks: {
      ...manyTasks(10, () => ({ command: ['/no/where'] })),
      x: { identifier: 'a-key-of-its-own-for-x', command: ['true'], cwd: '/no/where' },
    },
  });
  assert.equal(warnings.length, 11);
  assert.doesNotMatch(warnings.join('\n'), /more of this kind/);
});

test('short keys of different lengths are one kind', (t) => {
  const tasks = Object.fromEntries(
    Array.from({ length: 30 }, (_, i) => [
      `t${i}`,
      { identifier: `${String(i).padStart(2, '0')}-short${'-'.repeat(1 + (i % 7))}`, command: ['true'] },
    ]),
  );
  const { code, warnings, problems } = createJudge(t).judge({ server, tasks });
  assert.equal(code, undefined, problems.join('\n'));
  assert.equal(warnings.length, 10);
  assert.match(warnings[9] ?? '', /… and 20 more of this kind/);
});

test('the system is asked once for what tasks have in common', (t) => {
  const { judge, folder } = createJudge(t);
  const program = path.join(folder, 'no-program');
  const asked: string[] = [];
  const { statSync } = fs;
  t.mock.method(fs, 'statSync', (file: string) => {
    if (file === program) asked.push(file);
    return statSync(file);
  });
  judge({ server, tasks: manyTasks(500, () => ({ command: [program], cwd: folder })) });
  assert.ok(asked.length > 0 && asked.length < 10, `${asked.length} calls`);
});

test('a function that asks once keeps its answers apart by their keys', () => {
  const asked: number[] = [];
  const double = createOnce(
    (n: number) => {
      asked.push(n);
      return n === 3 ? undefined : n * 2;
    },
    (n) => String(n),
  );
  assert.deepEqual([1, 2, 1, 3, 3].map(double), [2, 4, 2, undefined, undefined]);
  assert.deepEqual(asked, [1, 2, 3]);
});
