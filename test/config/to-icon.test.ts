// Icons in files: what is read, what is said of what cannot be used, and that a change of theirs counts.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { findChanges } from '../../src/config/compare.ts';
import { createJudge, withTask } from '../support/config.ts';

/** The beginning of a PNG of this size: all that is looked at. */
function pngStart(width: number, height: number): Buffer {
  const bytes = Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), Buffer.alloc(8)]);
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

const svg = '<svg xmlns="http://www.w3.org/2000/svg"/>';

test('a picture is read from its file, whose path counts from the folder of the config, and whose name says nothing', (t) => {
  const { judge, folder } = createJudge(t);
  fs.mkdirSync(path.join(folder, 'icons'));
  const cases: [string, string | Buffer, string][] = [
    ['icons/camera.png', pngStart(2048, 16), 'image/png'],
    ['camera.svg', svg, 'image/svg+xml'],
    [
      'odd.png',
      `\ufeff<?xml version="1.0"?>\n<!-- made by hand -->\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x">${svg}`,
      'image/svg+xml',
    ],
    ['./no-name', `<!-- ${'x'.repeat(1000)} -->${svg}`, 'image/svg+xml'],
    ['exactly.svg', svg.padEnd(200_000), 'image/svg+xml'],
  ];
  for (const [icon, content, type] of cases) {
    fs.writeFileSync(path.join(folder, icon), content);
    const { loaded, problems } = judge(withTask({ icon }));
    assert.deepEqual(problems, [], icon);
    const found = loaded?.tasks[0]?.icon;
    assert.ok(found?.kind === 'picture', icon);
    assert.deepEqual([found.type, found.bytes], [type, Buffer.from(content)], icon);
    assert.ok(loaded?.files.includes(path.join(folder, icon)), 'the file is watched');
  }
});

test('what is no picture that can be used is told with its place and remedy', (t) => {
  const { judge, folder } = createJudge(t);
  const write = (name: string, content: string | Buffer): string => {
    fs.writeFileSync(path.join(folder, name), content);
    return name;
  };
  fs.mkdirSync(path.join(folder, 'folder.png'));
  execFileSync('mkfifo', [path.join(folder, 'fifo.png')]);
  const unreadable = 'Give a picture that the daemon may read. ';
  const neither = 'Give a PNG or SVG file: this one begins as neither';
  const cases: [string, string][] = [
    ['missing.png', `${unreadable}The file does not exist`],
    ['folder.png', `${unreadable}Give a regular file: this is something else, such as a folder`],
    ['fifo.png', `${unreadable}Give a regular file: this is something else, such as a folder`],
    [
      write('large.png', Buffer.concat([pngStart(10, 10), Buffer.alloc(200_000)])),
      `${unreadable}Give a smaller file: this one is larger than 200 kB`,
    ],
    [
      write('wide.png', pngStart(2049, 1)),
      'Give a smaller picture: this one has more than 2048 pixels on a side',
    ],
    [
      write('high.png', pngStart(1, 0xff_ff_ff_ff)),
      'Give a smaller picture: this one has more than 2048 pixels on a side',
    ],
    [write('empty.png', ''), neither],
    [write('cut.png', pngStart(10, 10).subarray(0, 23)), neither],
    [write('photo.png', Buffer.from('ffd8ffe000104a464946', 'hex')), neither],
    [write('page.svg', `<!doctype html><html>${svg}`), neither],
    [write('text.svg', `x${svg}`), neither],
    [write('comment.svg', '<!-- nothing else -->'), neither],
  ];
  for (const [icon, message] of cases) {
    const { problems } = judge(withTask({ icon }));
    assert.deepEqual(
      problems.map((problem) => problem.replace(/^\S+ /, '')),
      [`tasks.7.icon: ${message}`],
      icon,
    );
  }
});

test('another picture in the same file is a change of the task', (t) => {
  const { judge, folder } = createJudge(t);
  const load = (content: string): ReturnType<typeof judge>['loaded'] => {
    fs.writeFileSync(path.join(folder, 'a.svg'), content);
    return judge(withTask({ icon: 'a.svg' })).loaded;
  };
  const [before, same, after] = [load(svg), load(svg), load(`${svg}\n`)];
  assert.ok(before !== undefined && same !== undefined && after !== undefined);
  assert.deepEqual([findChanges(before, same), findChanges(before, after)], [[], ['changed 7']]);
});

test('an emoji that nobody has drawn is warned of', (t) => {
  const { judge } = createJudge(t);
  assert.deepEqual(judge(withTask({ icon: '📷' })).warnings, []);
  assert.deepEqual(judge(withTask({ icon: '🇩🇪' })).warnings, [
    'config.json:9:15 tasks.7.icon: Choose another emoji, or give a picture: there is no drawing of this one, and on the home screen the plain icon stands for it',
  ]);
});
