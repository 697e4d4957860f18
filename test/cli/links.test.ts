// `remotetask link`, `links` and `links end` as real processes: a gardener comes, and is gone, over a crash of the daemon.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { cleanEnv, quote, runCli } from '../support/cli.ts';
import { createFolder, startDaemon, type TestDaemon } from '../support/daemon.ts';
import { findProgram } from '../support/program.ts';
import { exchange } from '../support/raw-http.ts';

test('a guest starts the task twice, no more after a crash; the bytes are those for strangers; another link is ended', async (t) => {
  const removals: (() => void)[] = [];
  const folder = createFolder({ after: (fn) => void removals.push(fn) });
  const args = ['--config', path.join(folder, 'config.json')];
  const options = {
    folder,
    tasks: { gate: { name: 'Open the gate', command: ['/bin/true'], cooldown: '0s', whenBusy: 'parallel' } },
  };
  const first = await startDaemon(t, options);
  const link = async (...more: string[]): Promise<{ path: string; text: string }> => {
    const made = await runCli(['link', 'gate', '--json', ...more, ...args]);
    assert.equal(made.status, 0, made.stderr);
    const { address } = JSON.parse(made.stdout) as { address: string };
    assert.match(new URL(address).pathname, /^\/guest\/[\w-]{32}$/);
    return { path: new URL(address).pathname, text: made.stdout };
  };
  const answer = async (daemon: TestDaemon, at: string): Promise<string> =>
    (await exchange(daemon.port, `POST ${at}?wait=60 HTTP/1.1\r\nHost: a\r\n\r\n`)).text.replace(
      /Date: [^\r]+/,
      'Date: X',
    );
  const statusOf = async (daemon: TestDaemon, at: string): Promise<number> =>
    (await fetch(`${daemon.base}${at}?wait=60`, { method: 'POST' })).status;

  const gardener = await link('--for', '6h', '--uses', '2', '--label', 'gardener');
  const other = await link();
  assert.equal(await statusOf(first, gardener.path), 200);
  await first.kill();

  const second = await startDaemon(t, options);
  t.after(() => removals.forEach((remove) => remove()));
  assert.equal(await statusOf(second, gardener.path), 200);
  const stranger = await answer(second, '/wrong/wrong');
  assert.equal(await answer(second, gardener.path), stranger);
  assert.equal(await statusOf(second, other.path), 200);
  const tapped = await link('--label', 'visitor');
  const asBrowser = { accept: 'text/html', 'user-agent': 'Mozilla/5.0' };
  const call = async (
    method: string,
    query = '',
    headers: Record<string, string> = asBrowser,
  ): Promise<Response> =>
    await fetch(`${second.base}${tapped.path}${query}`, { method, headers, redirect: 'manual' });
  assert.equal((await call('GET', '', {})).status, 428, 'what opens links in messages does not spend them');
  const [, query = ''] = /<form[^>]* action="(\?nonce=[^"]+)"/.exec(await (await call('GET')).text()) ?? [];
  const [tap, secondTap] = await Promise.all([call('POST', query), call('POST', query)]);
  const toRun = (response: Response): string | undefined =>
    response.headers.get('location')?.replace(/\?.*/, '');
  const [cookie = ''] = tap.headers.getSetCookie();
  assert.match(cookie, /^run-[0-9a-f]{16}=[\w-]{22}; Max-Age=86400; HttpOnly; SameSite=Lax$/);
  const [value = ''] = cookie.split(';');
  for (const response of [
    tap,
    secondTap,
    await call('POST', query),
    await call('GET', '', { ...asBrowser, cookie: value }),
  ])
    assert.deepEqual([response.status, toRun(response)], [303, `../runs/${value.split('=')[1]}`]);
  assert.equal(await answer(second, tapped.path), stranger);
  assert.equal(
    (
      await exchange(
        second.port,
        `GET ${tapped.path} HTTP/1.1\r\nHost: a\r\nCookie: run-0123456789abcdef=x\r\n\r\n`,
      )
    ).text.replace(/Date: [^\r]+/, 'Date: X'),
    stranger,
  );
  const third = await link('--label', 'neighbour');
  const listed = JSON.parse((await runCli(['links', '--json', ...args])).stdout) as {
    links: Record<string, unknown>[];
  };
  assert.deepEqual(
    listed.links.map(({ label, task, state, used, uses }) => [label, task, state, used, uses]),
    [
      ['gardener', 'gate', 'spent', 2, 2],
      ['guest', 'gate', 'spent', 1, 1],
      ['visitor', 'gate', 'spent', 1, 1],
      ['neighbour', 'gate', 'open', 0, 1],
    ],
  );
  assert.match(
    (await runCli(['keys', ...args])).stdout,
    /\nA guest link is open, too: `remotetask links`\n$/,
  );
  assert.equal((await runCli(['links', 'end', 'neighbour', ...args])).status, 0);
  assert.equal(await answer(second, third.path), stranger);
  assert.doesNotMatch((await runCli(['keys', ...args])).stdout, /guest link/);
  assert.match(
    (await runCli(['links', ...args])).stdout,
    /^Label +Task +State +Used +Ends\ngardener +gate +spent +2 of 2 /,
  );
  assert.equal((await runCli(['link', 'gate', ...args])).status, 2, 'no terminal');
  // A link whose address could not be shown would be open, and known to no one.
  const program = [process.execPath, findProgram()].map(quote).join(' ');
  const unshown = spawnSync(
    '/bin/sh',
    ['-c', `${program} link gate --json --label unshown ${args.map(quote).join(' ')} >/dev/full`],
    { env: cleanEnv(), encoding: 'utf8' },
  );
  assert.equal(unshown.status, 1);
  assert.match(
    unshown.stderr,
    /^Cannot write to standard output \(ENOSPC\) \[output-unwritable\]\n {2}The guest link "unshown" has ended, because its address was not shown\n$/,
  );
  assert.match((await runCli(['links', ...args])).stdout, /\nunshown +gate +ended +0 of 1 /);
  assert.deepEqual(
    second.history().flatMap(({ event, label }) => (event === 'start' ? [label] : [])),
    ['gardener', 'gardener', 'guest', 'visitor'],
  );
  const log = JSON.stringify([first.log(), second.log()]) + first.printed() + second.printed();
  for (const at of [gardener, other, tapped, third]) assert.ok(!log.includes(at.path.slice(-32)));
});
