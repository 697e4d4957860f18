// Changes of files are noticed, however they come about.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { watchFiles } from '../../src/config/watch.ts';
import { createFolder, until } from '../support/daemon.ts';
import { createFile, loadText, never, replace, run, startWatch } from '../support/watch.ts';

const ways: Record<string, (file: string, text: string) => void> = {
  'written in place': (file, text) => fs.writeFileSync(file, text),
  'replaced by renaming another over it': replace,
  'changed by sed -i': (file, text) => run('sed', '-i', `s/.*/${text}/`, file),
  'copied over': (file, text) => {
    fs.writeFileSync(`${file}.new`, text);
    run('cp', `${file}.new`, file);
  },
  'moved aside and written anew, as vim does': (file, text) => {
    fs.renameSync(file, `${file}~`);
    fs.writeFileSync(file, text);
    fs.rmSync(`${file}~`);
  },
  'written with a size and a time as before': (file, text) => {
    const { atime, mtime } = fs.statSync(file);
    fs.writeFileSync(file, text);
    fs.utimesSync(file, atime, mtime);
  },
};

describe('a watch of files', { concurrency: true }, () => {
  for (const [way, change] of Object.entries(ways))
    test(`a file ${way} is noticed, twice in a row, once each time`, async (t) => {
      const { file } = createFile(t);
      const { seen, awaits } = startWatch(t, [file]);
      for (const text of ['other', 'third']) {
        change(file, text);
        await awaits(text);
      }
      assert.deepEqual(seen, ['other', 'third']);
    });

  test('50 replacements in a row: the last is noticed, and the next after them', async (t) => {
    const { file } = createFile(t);
    const { awaits } = startWatch(t, [file]);
    for (let i = 1; i <= 50; i++) {
      replace(file, String(i));
      await pause(i % 10 === 0 ? 300 : 5);
    }
    await awaits('50');
    replace(file, 'next');
    await awaits('next');
  });

  test('a file replaced again and again at the very moment of being read is noticed to the end', async (t) => {
    const { file } = createFile(t);
    const watch = watchFiles([file], { pollMs: never });
    t.after(() => watch.close());
    let [last, count] = ['', 0];
    watch.begin(() => {
      watch.see();
      last = loadText(file);
      if (++count <= 5) replace(file, String(count));
      watch.use([file]);
    });
    replace(file, '0');
    await until(() => (last === '5' ? true : undefined), 'the last replacement');
  });

  test('a file written in two halves is noticed at the latest with its second', async (t) => {
    const { file } = createFile(t);
    const { awaits } = startWatch(t, [file]);
    const fd = fs.openSync(file, 'w');
    fs.writeSync(fd, 'one half, ');
    await pause(500);
    fs.writeSync(fd, 'and the other');
    fs.closeSync(fd);
    await awaits('one half, and the other');
  });

  test('a file taken away is noticed, and so is its return', async (t) => {
    const { file } = createFile(t);
    const { seen, awaits } = startWatch(t, [file]);
    fs.rmSync(file);
    await awaits('gone');
    fs.writeFileSync(file, 'back');
    await awaits('back');
    assert.deepEqual(seen, ['gone', 'back']);
  });

  test('a folder taken away is noticed, and its return by looking', async (t) => {
    const { folder } = createFile(t);
    const file = path.join(folder, 'sub', 'config.json');
    const { awaits } = startWatch(t, [file], { pollMs: 50 });
    for (const text of ['first', 'second']) {
      fs.mkdirSync(path.dirname(file));
      fs.writeFileSync(file, text);
      await awaits(text);
      replace(file, `${text} again`);
      await awaits(`${text} again`);
      fs.rmSync(path.dirname(file), { recursive: true });
      await awaits('gone');
    }
  });

  test('all files that are named count, other ones do not, and which they are can change', async (t) => {
    const { folder, file } = createFile(t);
    const [key, later] = ['key.txt', 'later.txt'].map((name) => path.join(createFolder(t), name));
    assert.ok(key !== undefined && later !== undefined);
    const { watch, seen } = startWatch(t, [file, key]);
    const counts = async (name: string, text: string): Promise<void> => {
      const before = seen.length;
      replace(name, text);
      await until(() => (seen.length > before ? true : undefined), `a change of ${name}`);
    };
    await counts(key, 'new');
    watch.use([file, later]);
    fs.writeFileSync(key, 'of no interest any more');
    fs.writeFileSync(path.join(folder, 'log.txt'), 'a line');
    await counts(later, 'new');
    assert.equal(seen.length, 2);
  });

  test('what changes between the creation of a watch and its begin is reported', async (t) => {
    const { file } = createFile(t);
    const watch = watchFiles([file], { pollMs: never });
    t.after(() => watch.close());
    replace(file, 'other');
    let seen = 0;
    watch.begin(() => seen++);
    await until(() => (seen > 0 ? true : undefined), 'the change');
  });

  test('what has been seen is not reported, and nothing is after the close', async (t) => {
    const { file } = createFile(t);
    const { watch, seen } = startWatch(t, [file], { pollMs: 20 });
    fs.writeFileSync(file, 'other');
    watch.see();
    await pause(400);
    assert.deepEqual(seen, []);
    replace(file, 'third');
    watch.close();
    await pause(400);
    assert.deepEqual(seen, []);
  });

  test('paths that cannot be looked at are no harm: a loop of links, a name too long, a file for a folder', async (t) => {
    const { folder, file } = createFile(t);
    const loop = path.join(folder, 'loop');
    fs.symlinkSync('loop', loop);
    const { awaits } = startWatch(t, [file, loop, path.join(folder, 'x'.repeat(300)), path.join(file, 'x')]);
    fs.writeFileSync(file, 'other');
    await awaits('other');
  });
});
