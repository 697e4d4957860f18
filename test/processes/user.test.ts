// Running a command as another user: how the user is found, what the program sees, and which programs are trusted then.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { loadUser, type User } from '../../src/processes/user.ts';
import { createJudge, withTask } from '../support/config.ts';
import { runCli } from '../support/cli.ts';
import { createFolder } from '../support/daemon.ts';
import { needsRoot } from '../support/needs.ts';
import { runCommand, runScript } from '../support/run-command.ts';

const idOfName = (file: string, name: string): number =>
  Number(execFileSync('getent', [file, name], { encoding: 'utf8' }).split(':')[2]);
const nobody = idOfName('passwd', 'nobody');
const nobodysGroup = Number(execFileSync('id', ['-g', 'nobody'], { encoding: 'utf8' }));
const daemonsGroup = idOfName('group', 'daemon');

const find = (user: string | number, group?: string | number): User => {
  const found = loadUser(user, group);
  assert.ok(typeof found !== 'string');
  return found;
};

test('a user is found by name or number, with its own group or another, and a number needs no entry', () => {
  const table: readonly [user: string | number, group: string | number | undefined, found: Partial<User>][] =
    [
      ['root', undefined, { uid: 0, gid: 0, name: 'root', home: '/root' }],
      [0, undefined, { uid: 0, gid: 0, name: 'root' }],
      ['nobody', undefined, { uid: nobody, gid: nobodysGroup, name: 'nobody' }],
      [nobody, undefined, { uid: nobody, gid: nobodysGroup, name: 'nobody' }],
      ['nobody', 'daemon', { uid: nobody, gid: daemonsGroup, name: 'nobody' }],
      ['nobody', 4343, { uid: nobody, gid: 4343, name: 'nobody' }],
      [4242, 4343, { uid: 4242, gid: 4343, name: '4242', home: '/' }],
      [4242, 'daemon', { uid: 4242, gid: daemonsGroup, name: '4242', home: '/' }],
    ];
  for (const [user, group, found] of table) {
    const whole = find(user, group);
    assert.deepEqual({ ...whole, ...found }, whole, `${user} ${group}`);
  }
});

test('without the files of users and groups, numbers do, and names are refused with what to do', (t) => {
  const folder = createFolder(t);
  for (const [file, code] of [
    [path.join(folder, 'missing'), 'ENOENT'],
    [folder, 'EISDIR'],
    [path.join(folder, 'x'.repeat(300)), 'ENAMETOOLONG'],
  ] as const) {
    const files = { passwd: file, groups: file };
    assert.deepEqual(loadUser(4242, 4343, files), { uid: 4242, gid: 4343, name: '4242', home: '/' });
    assert.equal(
      loadUser('nobody', 1, files),
      `Give the user "nobody" by its number: ${file} cannot be read (${code})`,
    );
    assert.equal(
      loadUser(4242, 'daemon', files),
      `Give the group "daemon" by its number: ${file} cannot be read (${code})`,
    );
    assert.equal(
      loadUser(4242, undefined, files),
      `Give a "group" as well: ${file} cannot be read (${code})`,
    );
  }
});

test('a user or group that there is not is named, with what to do', (t) => {
  const unknown =
    'There is no user "no-such-user" in /etc/passwd; give a user of a domain by its number (`id -u no-such-user`)';
  const table: readonly [options: object, problem: string][] = [
    [{ user: 'no-such-user' }, `user: ${unknown}`],
    [{ user: 4242 }, 'user: Give a "group" as well: user 4242 is not in /etc/passwd'],
    [
      { user: 'nobody', group: 'no-such-group' },
      'user: There is no group "no-such-group" in /etc/group; give a group of a domain by its number',
    ],
    [{ group: 'daemon' }, 'group: Give a "user" as well, or remove "group"'],
    [{ user: '' }, 'user: Give some text here: this is empty'],
    [{ user: -1 }, 'user: Give a number of at least 0'],
    [{ user: 1.5 }, 'user: Give a name or a number'],
    [{ user: 2_147_483_648 }, 'user: Give a number of at most 2147483647'],
    [{ user: null }, 'user: Give a name or a number'],
    [{ user: 'nobody', group: true }, 'group: Give a name or a number'],
    [
      { user: 'x:0:0' },
      'user: There is no user "x:0:0" in /etc/passwd; give a user of a domain by its number (`id -u x:0:0`)',
    ],
  ];
  const { judge } = createJudge(t);
  for (const [options, problem] of table) {
    assert.deepEqual(
      judge(withTask({ command: ['true'], ...options })).problems.map((line) =>
        line.replace(/^config\.json:\d+:\d+ tasks\.7\./, ''),
      ),
      [problem],
    );
  }
  assert.deepEqual(
    judge(withTask({ user: 'nobody', group: 'daemon' }))
      .problems.filter((line) => needsRoot === false || !line.includes('run the daemon as root'))
      .map((line) => line.split(' ').slice(1).join(' ')),
    ['user', 'group'].map(
      (name) => `tasks.7.${name}: Remove this, or add a "command": a DSM task ignores it`,
    ),
  );
});

test('a daemon that is not root may name its own user, and no other', { skip: needsRoot }, async (t) => {
  const { judge, file, folder } = createJudge(t);
  fs.chownSync(folder, nobody, nobodysGroup);
  const check = async (options: object): Promise<string> => {
    judge(withTask({ command: ['true'], ...options }));
    fs.chownSync(file, nobody, nobodysGroup);
    const { status, stderr } = await runCli(['check', '--config', file], { uid: nobody });
    return status === 0 ? 'fine' : stderr;
  };
  assert.equal(await check({ user: 'nobody' }), 'fine');
  for (const options of [{ user: 'root' }, { user: 'nobody', group: 'daemon' }])
    assert.match(
      await check(options),
      /tasks\.7\.user: Remove this, or run the daemon as root: only root can run a command as another user/,
    );
});

test(
  'a program runs as its user, in its group and no other, with that user’s environment',
  { skip: needsRoot },
  async (t) => {
    const folder = createFolder(t);
    fs.chmodSync(folder, 0o777);
    const script =
      'id -u; id -g; id -G; echo "$HOME $USER $LOGNAME $SHELL"; touch made && stat -c %u:%g made && rm made';
    const table: readonly [user: User, printed: string][] = [
      [
        find('nobody'),
        `${nobody}\n${nobodysGroup}\n${nobodysGroup}\n${find('nobody').home} nobody nobody /bin/sh\n${nobody}:${nobodysGroup}\n`,
      ],
      [
        find('nobody', 'daemon'),
        `${nobody}\n${daemonsGroup}\n${daemonsGroup}\n${find('nobody').home} nobody nobody /bin/sh\n${nobody}:${daemonsGroup}\n`,
      ],
      [find(4242, 4343), '4242\n4343\n4343\n/ 4242 4242 /bin/sh\n4242:4343\n'],
    ];
    for (const [user, printed] of table) {
      const run = runScript(script, { user, cwd: folder });
      assert.deepEqual(await run.ended, { kind: 'succeeded', exitCode: 0 });
      assert.equal(run.printed(), printed);
    }
  },
);

test('a user cannot become root again, and is stopped like anybody', { skip: needsRoot }, async () => {
  const user = find('nobody');
  const reader = runCommand(['cat', '/etc/shadow'], { user });
  assert.equal((await reader.ended).exitCode, 1);
  const deaf = runScript('trap "" TERM; echo up; while :; do sleep 1; done', { user, graceMs: 100 });
  while (deaf.printed() === '') await new Promise((resolve) => void setTimeout(resolve, 10));
  deaf.stop();
  assert.deepEqual(await deaf.ended, { kind: 'failed', signal: 'SIGKILL' });
});

test(
  'root trusts a program of the user that it runs as, and no program of anybody else',
  { skip: needsRoot },
  async (t) => {
    const folder = fs.realpathSync(createFolder(t));
    fs.chmodSync(folder, 0o755);
    const make = (name: string, uid: number, mode = 0o755): string => {
      const file = path.join(folder, name);
      fs.writeFileSync(file, '#!/bin/sh\nid -u\n');
      fs.chownSync(file, uid, uid);
      fs.chmodSync(file, mode);
      return file;
    };
    const own = path.join(folder, 'home');
    fs.mkdirSync(own);
    fs.chownSync(own, nobody, nobody);
    const refused = (what: string): string =>
      `Others than root can change the program (${what}). The daemon runs as root and refuses it.`;
    const table: readonly [file: string, user: User | undefined, told: string][] = [
      [make('of-user', nobody), find('nobody'), `${nobody}\n`],
      [make('of-user', nobody), undefined, refused('the file belongs to another user')],
      [make('of-user', nobody), find(4242, 4343), refused('the file belongs to another user')],
      [make('home/of-user', nobody), find('nobody'), `${nobody}\n`],
      [make('home/of-root', 0), undefined, refused('its folder belongs to another user')],
      [make('of-root', 0), find('nobody'), `${nobody}\n`],
      [make('of-third', 4242), find('nobody'), refused('the file belongs to another user')],
      [make('open', nobody, 0o775), find('nobody'), refused('the file is writable for group or others')],
      [
        make('closed', 0, 0o700),
        find('nobody'),
        'The program is not executable (chmod +x), or may not be read.',
      ],
    ];
    for (const [file, user, told] of table) {
      const run = runCommand([file], { user });
      const { reason } = await run.ended;
      assert.equal(reason ?? run.printed(), told, `${path.basename(file)} for ${user?.name}`);
    }
    const { judge } = createJudge(t);
    const warns = (options: object): boolean =>
      judge(withTask({ command: [make('of-user', nobody)], ...options })).warnings.some((line) =>
        line.includes('could change what root runs'),
      );
    assert.deepEqual([warns({ user: 'nobody' }), warns({})], [false, true]);
  },
);
