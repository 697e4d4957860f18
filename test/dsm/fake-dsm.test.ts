// The simulated DSM is what the field's clients expect: it takes the requests that N4S4/synology-api sends, answers in the shape that it parses, and refuses the rest.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../support/daemon.ts';
import {
  account,
  password,
  startFakeDsm,
  type FakeDsm,
  type FakeDsmOptions,
} from '../support/fake-dsm/fake-dsm.ts';

type Params = Record<string, string | number>;
type Json = { success: boolean; data?: Record<string, unknown>; error?: { code: number } };

/** As Python's requests writes it. */
const encode = (params: Params): string =>
  new URLSearchParams(
    Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)])),
  ).toString();

async function get(
  dsm: FakeDsm,
  pathAndApi: string,
  params: Params,
  headers: Record<string, string> = {},
): Promise<Json> {
  const response = await fetch(
    `${dsm.url}/webapi/${pathAndApi}${pathAndApi.includes('?') ? '&' : '?'}${encode(params)}`,
    { headers },
  );
  return (await response.json()) as Json;
}
async function post(dsm: FakeDsm, path: string, params: Params): Promise<Json & { cookies: string[] }> {
  const body = encode(params);
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const response = await fetch(`${dsm.url}/webapi/${path}`, { method: 'POST', body, headers });
  return { ...((await response.json()) as Json), cookies: response.headers.getSetCookie() };
}
const login = (version: number, more: Params = {}): Params => ({
  api: 'SYNO.API.Auth',
  version,
  method: 'login',
  enable_syno_token: 'yes',
  client: 'browser',
  account,
  enable_device_token: 'no',
  logintype: 'local',
  otp_code: '',
  rememberme: 0,
  passwd: password,
  session: 'webui',
  format: 'cookie',
  ...more,
});
const tasks: FakeDsmOptions = {
  scheduled: [{ id: 11, name: 'TEST_CRONTAB', exitCode: 127, exitType: 'by_signal' }],
  triggered: [{ name: 'a sd', output: 'line 1: hello: command not found\n' }],
};

test('a session of synology-api: all APIs, key of the handshake, login, list, run, history, output, logout', async (t) => {
  const dsm = await startFakeDsm(t, tasks);
  const all = await get(dsm, 'query.cgi?api=SYNO.API.Info', { version: 1, method: 'query', query: 'all' });
  assert.deepEqual(all.data?.['SYNO.Core.TaskScheduler'], {
    maxVersion: 4,
    minVersion: 1,
    path: 'entry.cgi',
    requestFormat: 'JSON',
  });
  const config = await post(dsm, 'entry.cgi/SYNO.API.Auth.UIConfig', {
    api: 'SYNO.API.Auth.UIConfig',
    method: 'get',
    version: 1,
  });
  assert.match(config.cookies[0] ?? '', /^_SSID=[\w-]{43};/);
  const signedIn = await post(dsm, 'auth.cgi', login(7, { ik_message: 'AAAA' }));
  const { sid, synotoken } = signedIn.data as { sid: string; synotoken: string };
  assert.deepEqual(Object.keys(signedIn.data ?? {}), [
    'account',
    'ik_message',
    'device_id',
    'is_portal_port',
    'sid',
    'synotoken',
  ]);
  assert.match(signedIn.cookies[0] ?? '', new RegExp(`^id=${sid};path=/;HttpOnly`));
  const ask = async (api: string, params: Params): Promise<Json> =>
    await get(dsm, `entry.cgi?api=${api}`, { ...params, _sid: sid }, { 'X-SYNO-TOKEN': synotoken });
  const sorted = { sort_by: 'next_trigger_time', sort_direction: 'ASC', offset: 0, limit: 50 };
  const list = await ask('SYNO.Core.TaskScheduler', { version: 3, method: 'list', ...sorted });
  const [, row] = (list.data?.['tasks'] ?? []) as Record<string, unknown>[];
  assert.deepEqual(
    [row?.['id'], row?.['name'], row?.['real_owner'], list.data?.['total']],
    [11, 'TEST_CRONTAB', 'root', 2],
  );
  assert.deepEqual(
    await ask('SYNO.Core.TaskScheduler', {
      version: 2,
      method: 'run',
      tasks: '[{"id": 11, "real_owner": "root"}]',
    }),
    {
      success: true,
    },
  );
  assert.deepEqual(await ask('SYNO.Core.EventScheduler', { version: 1, method: 'run', task_name: 'a sd' }), {
    success: true,
  });
  const ended = async (api: string, params: Params): Promise<Record<string, unknown>> =>
    await until(async () => {
      const [newest] = (await ask(api, params)).data as unknown as Record<string, unknown>[];
      return newest?.['stop_time'] === '' ? undefined : newest;
    }, 'the end');
  const { start_time, stop_time, timestamp, ...how } = await ended('SYNO.Core.TaskScheduler', {
    version: 1,
    method: 'get_history_status_list',
    id: 11,
  });
  assert.deepEqual(how, { exit_code: 127, exit_type: 'by_signal' });
  for (const time of [start_time, stop_time]) assert.match(String(time), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  assert.match(String(timestamp), /^\d{10}$/);
  const result = await ended('SYNO.Core.EventScheduler', {
    version: 1,
    method: 'result_list',
    task_name: 'a sd',
  });
  assert.deepEqual(
    [result['exit_info'], result['trigger_event']],
    [{ exit_code: 0, exit_type: 'normal' }, 'on_demand'],
  );
  const file = await ask('SYNO.Core.EventScheduler', {
    version: 1,
    method: 'result_get_file',
    task_name: 'a sd',
    result_id: Number(result['result_id']),
  });
  assert.equal(file.data?.['script_out'], 'line 1: hello: command not found\n');
  const output = await ask('SYNO.Core.EventScheduler', {
    version: 1,
    method: 'config_get',
    type: 'esynoscheduler',
  });
  assert.equal(output.data?.['enable_output'], true);
  assert.deepEqual(
    await get(dsm, 'auth.cgi?api=SYNO.API.Auth', { version: 7, method: 'logout', session: 'webui' }),
    { success: true },
  );
});

test('what a real DSM refuses is refused, with its number', async (t) => {
  const accounts = {
    [account]: { password },
    guest: { password, isDisabled: true },
    someone: { password, isAdmin: false },
    careful: { password, otp: '123456' },
  };
  const settings = { accounts, autoBlock: { failures: 3, windowMs: 60_000, blockMs: 60_000 } };
  const [dsm, old, blocking] = [
    await startFakeDsm(t, { ...tasks, settings: { accounts } }),
    await startFakeDsm(t, { ...tasks, profile: 6 }),
    await startFakeDsm(t, { settings }),
  ];
  const sidOf = async (nas: FakeDsm, path: string, params: Params): Promise<string> =>
    String((await post(nas, path, params)).data?.['sid']);
  const [sid, oldSid, lesser, sixOnSeven] = [
    await sidOf(dsm, 'entry.cgi', login(7)),
    await sidOf(old, 'auth.cgi', login(6)),
    await sidOf(dsm, 'entry.cgi', login(7, { account: 'someone' })),
    await sidOf(dsm, 'auth.cgi', login(6)),
  ];
  const scheduler = 'SYNO.Core.TaskScheduler';
  const runIt = { api: scheduler, version: 2, method: 'run', tasks: '[{"id":11,"real_owner":"root"}]' };
  const cases: [what: string, nas: FakeDsm, path: string, params: Params, code: number | undefined][] = [
    ['no such account', dsm, 'entry.cgi', login(7, { account: 'nobody' }), 400],
    ['a name of every object', dsm, 'entry.cgi', login(7, { account: 'constructor' }), 400],
    ['a wrong password', dsm, 'entry.cgi', login(7, { passwd: 'x' }), 400],
    ['a disabled account', dsm, 'entry.cgi', login(7, { account: 'guest' }), 401],
    ['a session name that is not allowed', dsm, 'entry.cgi', login(7, { session: 'Core' }), 402],
    ['no one-time code', dsm, 'entry.cgi', login(7, { account: 'careful' }), 403],
    ['a wrong one-time code', dsm, 'entry.cgi', login(7, { account: 'careful', otp_code: '000000' }), 404],
    [
      'a wrong device token',
      dsm,
      'entry.cgi',
      login(7, { account: 'careful', device_id: 'x', device_name: 'y' }),
      403,
    ],
    ['a version that is not there', dsm, 'entry.cgi', login(8), 104],
    ['the login at a path of DSM 7', old, 'entry.cgi', login(6), 102],
    ['an unknown API', dsm, 'entry.cgi', { ...runIt, api: 'SYNO.Core.Nothing', _sid: sid }, 102],
    ['no method', dsm, 'entry.cgi', { api: scheduler, version: 2, _sid: sid }, 101],
    ['an unknown method', dsm, 'entry.cgi', { ...runIt, method: 'Run', _sid: sid }, 103],
    ['a method of another version', old, 'entry.cgi', { ...runIt, _sid: oldSid }, 103],
    ['no session', dsm, 'entry.cgi', runIt, 119],
    ['an unknown session', dsm, 'entry.cgi', { ...runIt, _sid: 'x' }, 119],
    [
      'an account that is no administrator',
      dsm,
      'entry.cgi',
      { api: scheduler, version: 3, method: 'list', _sid: lesser },
      105,
    ],
    [
      'a session of an older login that only reads',
      dsm,
      'entry.cgi',
      { api: scheduler, version: 3, method: 'list', _sid: sixOnSeven },
      undefined,
    ],
    [
      'a session of an older login that starts something',
      dsm,
      'entry.cgi',
      { ...runIt, _sid: sixOnSeven },
      105,
    ],
    [
      'a start without tasks',
      dsm,
      'entry.cgi',
      { api: scheduler, version: 2, method: 'run', id: 11, _sid: sid },
      114,
    ],
    ['tasks that are no list', dsm, 'entry.cgi', { ...runIt, tasks: 11, _sid: sid }, 120],
    [
      'a task that is not there',
      dsm,
      'entry.cgi',
      { ...runIt, tasks: '[{"id":12,"real_owner":"root"}]', _sid: sid },
      4800,
    ],
    [
      'a task of another owner',
      dsm,
      'entry.cgi',
      { ...runIt, tasks: '[{"id":11,"real_owner":"admin"}]', _sid: sid },
      4800,
    ],
    ["Python's own True", dsm, 'entry.cgi', { ...runIt, enable: 'True', _sid: sid }, 3103],
    [
      'the log of a run',
      dsm,
      'entry.cgi',
      { api: scheduler, version: 1, method: 'get_history_log', id: 11, _sid: sid },
      4800,
    ],
    [
      'a bare number on DSM 6, which starts nothing',
      old,
      'entry.cgi',
      { api: scheduler, version: 1, method: 'run', task: 11, _sid: oldSid },
      undefined,
    ],
    [
      'a start on DSM 6',
      old,
      'entry.cgi',
      { api: scheduler, version: 1, method: 'run', task: '[11]', _sid: oldSid },
      undefined,
    ],
    ...[400, 400, 400, 407, 407].map((code): [string, FakeDsm, string, Params, number] => [
      'one more guess',
      blocking,
      'entry.cgi',
      login(7, { passwd: 'x' }),
      code,
    ]),
    ['the right password of a blocked address', blocking, 'entry.cgi', login(7), 407],
  ];
  for (const [what, nas, path, params, code] of cases)
    assert.equal((await post(nas, path, params)).error?.code, code, what);
  const byCookie = async (headers: Record<string, string>): Promise<number | undefined> =>
    (await get(dsm, 'entry.cgi', { api: scheduler, version: 3, method: 'list' }, headers)).error?.code;
  assert.equal(await byCookie({ cookie: `id=${sid}` }), 119);
  const withOther = await post(dsm, 'entry.cgi', login(7));
  assert.equal(
    await byCookie({
      cookie: `id=${String(withOther.data?.['sid'])}`,
      'x-syno-token': String(withOther.data?.['synotoken']),
    }),
    undefined,
  );
  assert.equal(old.starts().length, 1);
  assert.deepEqual(dsm.starts(), []);
});

test('sessions lapse when idle, with the number of that DSM, and a second one ends the first where it is so', async (t) => {
  const dsm = await startFakeDsm(t, { settings: { isSingleSession: true } });
  const signIn = async (): Promise<string> => String((await post(dsm, 'entry.cgi', login(7))).data?.['sid']);
  const ask = async (sid: string): Promise<number | undefined> =>
    (await post(dsm, 'entry.cgi', { api: 'SYNO.Core.TaskScheduler', version: 3, method: 'list', _sid: sid }))
      .error?.code;
  const first = await signIn();
  assert.equal(await ask(first), undefined);
  const second = await signIn();
  assert.deepEqual([await ask(first), await ask(second)], [107, undefined]);
  for (const lapseCode of [105, 106, 119] as const) {
    dsm.set({ idleMs: -1, lapseCode });
    assert.equal(await ask(second), lapseCode);
  }
});
