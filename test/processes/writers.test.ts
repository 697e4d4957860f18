// What others could change on the way to a program.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { findExposure } from '../../src/processes/writers.ts';
import { createFolder } from '../support/daemon.ts';
import { needsRoot } from '../support/needs.ts';

const other = 65_534;

test(
  'which users could change a program, by owner and mode of the file, its folders and the links to it',
  { skip: needsRoot },
  (t) => {
    const root = fs.realpathSync(createFolder(t));
    const at = (name: string): string => path.join(root, name);
    const folder = (name: string, mode = 0o755, uid = 0): string => {
      fs.mkdirSync(at(name));
      fs.chownSync(at(name), uid, 0);
      fs.chmodSync(at(name), mode);
      return at(name);
    };
    const file = (name: string, mode = 0o755, uid = 0): string => {
      fs.writeFileSync(at(name), '#!/bin/sh\n');
      fs.chownSync(at(name), uid, 0);
      fs.chmodSync(at(name), mode);
      return at(name);
    };
    const link = (name: string, to: string, uid = 0): string => {
      fs.symlinkSync(to, at(name));
      fs.lchownSync(at(name), uid, 0);
      return at(name);
    };
    const foreign = folder('foreign', 0o755, other);
    const shared = folder('shared', 0o777);
    folder('sticky', 0o1777);
    const good = file('good');
    const cases: [string, string | undefined, string?][] = [
      ['/bin/true', undefined],
      [good, undefined],
      [at('missing'), undefined],
      [file('group', 0o775), 'the file is writable for group or others', at('group')],
      [file('others', 0o757), 'the file is writable for group or others', at('others')],
      [file('of-other', 0o755, other), 'the file belongs to another user', at('of-other')],
      [file('foreign/good'), 'its folder belongs to another user', foreign],
      [file('shared/good'), 'its folder is writable for group or others', shared],
      [file('sticky/good'), undefined],
      [file('sticky-file', 0o1777), 'the file is writable for group or others', at('sticky-file')],
      [
        file('sticky/sticky-file', 0o1775),
        'the file is writable for group or others',
        at('sticky/sticky-file'),
      ],
      [file('suid', 0o6777), 'the file is writable for group or others', at('suid')],
      [file('sticky/of-other', 0o755, other), 'the file belongs to another user', at('sticky/of-other')],
      [link('link', 'good'), undefined],
      [link('link-to-bad', 'others'), 'the file is writable for group or others', at('others')],
      [link('shared/link', good), 'its folder is writable for group or others', shared],
      [link('foreign/link', good), 'its folder belongs to another user', foreign],
      [
        link('sticky/link-of-other', good, other),
        'a link to it belongs to another user',
        at('sticky/link-of-other'),
      ],
      [link('over-shared', 'shared/link'), 'its folder is writable for group or others', shared],
      [
        path.join(link('folder-link', 'shared'), 'good'),
        'its folder is writable for group or others',
        shared,
      ],
      [`${link('up', 'shared')}/../good`, 'its folder is writable for group or others', shared],
      [link('relative', './sticky/../foreign/../good'), 'its folder belongs to another user', foreign],
      [link('dangling', 'shared/nothing'), 'its folder is writable for group or others', shared],
      [link('loop', 'loop'), undefined],
      [`/${'x'.repeat(300)}`, 'the file cannot be looked at, ENAMETOOLONG', `/${'x'.repeat(300)}`],
    ];
    for (const [program, what, where] of cases) {
      const found = findExposure(program);
      assert.deepEqual([found?.what, found?.path], [what, where], program.slice(root.length));
    }
  },
);
