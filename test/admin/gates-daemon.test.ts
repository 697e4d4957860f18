// Each gate that asks DSM, in front of a real daemon: by HTTP, with DSM's programs or a simulated DSM behind it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { suite, test } from 'node:test';
import { findTraces } from '../support/canary.ts';
import { startAdmin, type AdminDaemon } from '../support/admin.ts';
import { createFolder } from '../support/daemon.ts';
import { createFakePrograms, toOpenedId, type FakePrograms } from '../support/dsm-programs/dsm-programs.ts';
import { account, password, startFakeDsm } from '../support/fake-dsm/fake-dsm.ts';

const tasks = { hello: { name: 'Say hello', command: ['/bin/true'] } };
/** The system's own `id` is asked, so the users have to be real. */
const user = os.userInfo().username;
const group = process.getgid?.() ?? 0;
const session = 'd41y-Vx7Kq2Zw9Lm3';
const address = '192.168.1.5';

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly cookies: readonly string[];
}

async function ask({ admin }: AdminDaemon, cookie?: string, from = address): Promise<Answer> {
  const headers = { 'x-forwarded-for': from, ...(cookie === undefined ? {} : { cookie }) };
  const response = await fetch(admin, { headers, redirect: 'manual' });
  return { status: response.status, text: await response.text(), cookies: response.headers.getSetCookie() };
}

async function post(
  { admin }: AdminDaemon,
  to: string,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const response = await fetch(`${admin}${to}`, {
    method: 'POST',
    headers: { 'x-forwarded-for': address, origin: admin, ...headers },
    body: new URLSearchParams(form),
    redirect: 'manual',
  });
  return { status: response.status, text: await response.text(), cookies: response.headers.getSetCookie() };
}

function createPrograms(t: Parameters<typeof createFolder>[0]): FakePrograms {
  const programs = createFakePrograms(path.join(createFolder(t), 'dsm'), {
    accounts: { [user]: password, nobody: 'n0b0dys-Zt6Wq' },
  });
  programs.open(session, { user, address });
  programs.open('of-nobody', { user: 'nobody', address });
  return programs;
}

function startWith(
  t: Parameters<typeof startAdmin>[0],
  gate: 'dsm' | 'dsm-login',
  programs: FakePrograms,
  more: object = {},
): Promise<AdminDaemon> {
  const { authenticateCgi, loginCgi } = programs;
  return startAdmin(t, {
    tasks,
    admin: {
      gate,
      password: undefined,
      group,
      authenticateCgi,
      loginCgi,
      trustProxy: ['127.0.0.1'],
      ...more,
    },
  });
}

/** What of a daemon others could read. */
function collect(daemon: AdminDaemon, answers: readonly Answer[]): string {
  const process = ['cmdline', 'environ'].map((file) =>
    fs.readFileSync(`/proc/${daemon.pid}/${file}`, 'latin1'),
  );
  return [
    daemon.printed(),
    JSON.stringify(daemon.log()),
    JSON.stringify(answers.map(({ text }) => text)),
    ...process,
  ].join('\n');
}

const looksIn = ({ status, text }: Answer): boolean => status === 200 && text.includes('Say hello');

suite('gates before a daemon', { concurrency: true }, () => {
  test('dsm: the browser that is signed in to DSM is in; another cookie, address, user or no cookie is not', async (t) => {
    const programs = createPrograms(t);
    const daemon = await startWith(t, 'dsm', programs, { signInPage: false });
    const start = await ask(daemon);
    assert.deepEqual([start.status, start.text.includes('hello')], [404, false]);
    const entered = await ask(daemon, `did=x; id=${session}`);
    assert.ok(looksIn(entered));
    const strangers = [
      await ask(daemon, 'id=unknown'),
      await ask(daemon, `id=${session}`, '192.168.1.6'),
      await ask(daemon, 'id=of-nobody'),
      await ask(daemon, `id=${session}; id=x`),
    ];
    for (const { status, text } of strangers) assert.deepEqual([status, text], [404, start.text]);
    const csrf = /name="csrf" value="([^"]+)"/.exec(entered.text)?.[1] ?? '';
    const cookie = `id=${session}`;
    assert.equal(
      (await post(daemon, '/tasks/hello/run', { csrf }, { cookie, origin: 'http://evil.example' })).status,
      403,
    );
    assert.equal((await post(daemon, '/tasks/hello/run', { csrf: 'guess' }, { cookie })).status, 403);
    assert.equal(daemon.history().length, 0);
    const text = collect(daemon, [entered, ...strangers]);
    for (const secret of [session, `token-of-${session}`]) assert.deepEqual(findTraces(secret, text), []);
    assert.ok(programs.calls().every(({ args }) => findTraces(session, args).length === 0));
  });

  test('dsm-login: who signs in with an account of DSM is in, and DSM knows the browser', async (t) => {
    const programs = createPrograms(t);
    const daemon = await startWith(t, 'dsm-login', programs);
    const form = await ask(daemon);
    assert.deepEqual(
      [
        form.status,
        /name="account"/.test(form.text),
        /name="password"/.test(form.text),
        /name="code"/.test(form.text),
      ],
      [403, true, true, false],
    );
    const wrong = await post(daemon, '/sign-in', { account: user, password: 'guess' }, {});
    assert.ok(
      wrong.status === 403 &&
        wrong.text.includes('The account or the password is wrong.') &&
        wrong.cookies.length === 0,
    );
    const foreign = await post(
      daemon,
      '/sign-in',
      { account: user, password },
      { origin: 'http://evil.example' },
    );
    assert.deepEqual([foreign.status, foreign.cookies], [403, []]);
    const right = await post(daemon, '/sign-in', { account: user, password }, {});
    assert.deepEqual([right.status, right.cookies], [303, [`id=${toOpenedId(0)}; Path=/; HttpOnly`]]);
    assert.ok(looksIn(await ask(daemon, `id=${toOpenedId(0)}`)));
    const nobody = await post(daemon, '/sign-in', { account: 'nobody', password: 'n0b0dys-Zt6Wq' }, {});
    assert.ok(nobody.text.includes('not an administrator of DSM') && nobody.cookies.length === 0);
    const text = collect(daemon, [form, wrong, foreign, nobody]);
    for (const secret of [password, toOpenedId(0), 'n0b0dys-Zt6Wq'])
      assert.deepEqual(findTraces(secret, text), []);
  });

  test('webapi: an administrator of the NAS signs in with password and code, and out again', async (t) => {
    const otp = '83920174';
    const accounts = { [account]: { password, otp }, helper: { password: 'h3lp3r-Qw9Zx', isAdmin: false } };
    const dsm = await startFakeDsm(t, { settings: { accounts } });
    const webapi = { url: dsm.url, account: 'unused', password: 'unused' };
    const daemon = await startAdmin(t, {
      tasks,
      more: { dsm: { webapi } },
      admin: { gate: 'webapi', password: undefined, trustProxy: ['127.0.0.1'] },
    });
    const signIn = async (form: Readonly<Record<string, string>>): Promise<Answer> =>
      await post(daemon, '/sign-in', form, {});
    assert.match((await signIn({ account, password })).text, /Type the one-time code as well\./);
    assert.match(
      (await signIn({ account: 'helper', password: 'h3lp3r-Qw9Zx' })).text,
      /not an administrator of DSM/,
    );
    const right = await signIn({ account, password, code: otp });
    assert.match(right.cookies.join(), /^remotetask-admin=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    const cookie = right.cookies[0]?.split(';')[0] ?? '';
    const entered = await ask(daemon, cookie);
    assert.ok(looksIn(entered));
    assert.equal(looksIn(await ask(daemon, cookie, '192.168.1.6')), false);
    const csrf = /name="csrf" value="([^"]+)"/.exec(entered.text)?.[1] ?? '';
    const out = await post(daemon, '/sign-out', { csrf }, { cookie });
    assert.deepEqual(
      [out.status, out.cookies],
      [303, ['remotetask-admin=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict']],
    );
    assert.equal(looksIn(await ask(daemon, cookie)), false);
    const text = collect(daemon, [entered]);
    for (const secret of [
      password,
      otp,
      'h3lp3r-Qw9Zx',
      cookie.slice('remotetask-admin='.length),
      ...dsm.secrets,
    ])
      assert.deepEqual(findTraces(secret, text), []);
    assert.equal(await daemon.stop(), 0);
    assert.equal(dsm.sessions(), 0);
  });
});
