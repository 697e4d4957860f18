// Log, history and what the config is made of have to be different files.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { createJudge, server } from '../support/config.ts';

const ofLog = /^config\.json:\d+:\d+ history\.file: Give the history a file of its own/;
const ofConfig = (setting: string): RegExp =>
  new RegExp(`^config\\.json:\\d+:\\d+ ${setting}: Give this a file of its own: the config is read from`);

test('files that would be written for two ends, however their paths are written, are errors; others are not', (t) => {
  const { judge, folder } = createJudge(t);
  const at = (name: string): string => path.join(folder, name);
  fs.symlinkSync('.', at('here'));
  fs.writeFileSync(at('one'), '');
  fs.linkSync(at('one'), at('same'));
  fs.symlinkSync('one', at('link'));
  fs.writeFileSync(at('key'), 'a-key-of-its-own-7Hs2kQ9w', { mode: 0o600 });
  const cases: readonly [log: string | undefined, history: string | undefined, ...problems: RegExp[]][] = [
    [undefined, undefined],
    ['a', 'b'],
    ['a', 'a', ofLog],
    ['a', './x/../a', ofLog],
    ['a', at('a'), ofLog],
    ['a', 'here/a', ofLog],
    ['one', 'same', ofLog],
    ['one', 'link', ofLog],
    ['a', 'a.1', ofLog],
    ['a', 'a.5', ofLog],
    ['a', 'a.6'],
    ['b.attempts', 'b', ofLog],
    ['b.attempts.1', 'b', ofLog],
    ['b.sock', 'b', ofLog],
    ['b.lock', 'b', ofLog],
    ['b.names', 'b', ofLog],
    ['b.new', 'b', ofLog],
    ['log.txt', 'log.txt', ofLog],
    ['config.json', undefined, ofConfig('log.file')],
    [undefined, 'config.json', ofConfig('history.file')],
    [undefined, 'here/key', ofConfig('history.file')],
    ['key', 'config.json', ofConfig('log.file'), ofConfig('history.file')],
  ];
  for (const [log, history, ...expected] of cases) {
    const { problems } = judge({
      server: { ...server, magickey: { file: 'key' } },
      log: log === undefined ? {} : { file: log },
      history: history === undefined ? {} : { file: history },
      tasks: {},
    });
    assert.equal(problems.length, expected.length, `${log} ${history}: ${problems.join('\n')}`);
    for (const [i, problem] of expected.entries()) assert.match(problems[i] ?? '', problem);
  }
});
