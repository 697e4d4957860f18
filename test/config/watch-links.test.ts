// Files that are reached by symbolic links, or mounted one by one, are watched as well.
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { createFolder } from '../support/daemon.ts';
import { needsMounts } from '../support/needs.ts';
import { createFile, replace, run, startWatch } from '../support/watch.ts';

describe('a watch of links and mounts', { concurrency: true }, () => {
  test('symbolic links swapped as Kubernetes does are noticed, and what then happens to the new target', async (t) => {
    const folder = createFolder(t);
    const file = path.join(folder, 'config.json');
    const swap = (version: string): void => {
      fs.mkdirSync(path.join(folder, version));
      fs.writeFileSync(path.join(folder, version, 'config.json'), version);
      fs.symlinkSync(version, path.join(folder, '..data_tmp'));
      fs.renameSync(path.join(folder, '..data_tmp'), path.join(folder, '..data'));
    };
    swap('..1');
    fs.symlinkSync('..data/config.json', file);
    const { awaits } = startWatch(t, [file]);
    for (const version of ['..2', '..3']) {
      swap(version);
      await awaits(version);
    }
    fs.rmSync(path.join(folder, '..1'), { recursive: true });
    fs.writeFileSync(path.join(folder, '..3', 'config.json'), 'in place');
    await awaits('in place');
  });

  test('a link to a file in another folder: what happens there is noticed, and so is a link to elsewhere', async (t) => {
    const { file } = createFile(t);
    const link = path.join(createFolder(t), 'config.json');
    fs.symlinkSync(file, link);
    const { awaits } = startWatch(t, [link]);
    fs.writeFileSync(file, 'other');
    await awaits('other');
    replace(file, 'third');
    await awaits('third');
    const elsewhere = createFile(t).file;
    fs.symlinkSync(elsewhere, `${link}~`);
    fs.renameSync(`${link}~`, link);
    await awaits('first');
    replace(elsewhere, 'last');
    await awaits('last');
  });

  test('a folder that a link leads to is swapped: noticed by looking', async (t) => {
    const folder = createFolder(t);
    for (const version of ['1', '2']) {
      fs.mkdirSync(path.join(folder, version));
      fs.writeFileSync(path.join(folder, version, 'config.json'), version);
    }
    fs.symlinkSync('1', path.join(folder, 'current'));
    const { awaits } = startWatch(t, [path.join(folder, 'current', 'config.json')], { pollMs: 50 });
    fs.rmSync(path.join(folder, 'current'));
    fs.symlinkSync('2', path.join(folder, 'current'));
    await awaits('2');
  });

  test(
    'a single file that is mounted, as into a container: mounts, and what is written, are noticed',
    { skip: needsMounts },
    async (t) => {
      const { file } = createFile(t);
      const outside = createFile(t).file;
      const { awaits } = startWatch(t, [file], { pollMs: 50 });
      run('mount', '--bind', outside, file);
      try {
        await awaits('first');
        fs.writeFileSync(outside, 'from outside');
        await awaits('from outside');
        fs.writeFileSync(file, 'from inside');
        await awaits('from inside');
      } finally {
        run('umount', file);
      }
      await awaits('first');
    },
  );
});
