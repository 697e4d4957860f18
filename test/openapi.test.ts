// docs/openapi.json describes what the daemon really answers: all of it, and nothing else.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { renderOpenApi } from '../scripts/openapi/document.ts';
import { englishRefusals } from '../src/reasons/refusal.ts';
import { startAdmin, type AdminDaemon } from './support/admin.ts';
import { createContract, type Answer, type Call } from './support/contract.ts';
import { createFolder, keyOf, magicKey, until } from './support/daemon.ts';
import { parseEvents } from './support/events.ts';
import { toLocationPath } from './support/raw-http.ts';

const file = path.join(import.meta.dirname, '../docs/openapi.json');
const document = JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, unknown>;
const html = 'text/html';
const json = 'application/json';
const stream = 'text/event-stream';
/** A task may be called this often. Only one of them is called more often, until it is refused. */
const callsInAnHour = 60;

test('docs/openapi.json is made by scripts/openapi.ts (npm run openapi)', () => {
  assert.equal(fs.readFileSync(file, 'utf8'), renderOpenApi());
});

test('docs/openapi.json is OpenAPI 3.1, by its official schema', async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(document));
  assert.ok(valid, JSON.stringify(errors));
  const text = JSON.stringify(document);
  const references = new Set(
    [...text.matchAll(/"\$ref":"#\/components\/(\w+)\/([\w-]+)"/g)].map(
      ([, kind, name]) => `${kind}/${name}`,
    ),
  );
  const parts = Object.entries(document['components'] as Record<string, object>).flatMap(([kind, named]) =>
    // What `security` names is no reference.
    kind === 'securitySchemes' ? [] : Object.keys(named).map((name) => `${kind}/${name}`),
  );
  assert.deepEqual(
    [...references].toSorted(),
    parts.toSorted(),
    'each part is used, and each reference leads to one',
  );
});

suite('the answers of a daemon', () => {
  const cleanups: (() => Promise<void> | void)[] = [];
  const contract = createContract(document);
  const codes = new Set<string>();
  let daemon: AdminDaemon;
  let folder: string;
  const shell = (script: string, more: object = {}): object => ({
    command: ['/bin/sh', '-c', script],
    cooldown: '0s',
    grace: '0s',
    whenBusy: 'parallel',
    ...more,
  });
  const hour = new Date().getUTCHours();
  const clock = (later: number): string => `${String((hour + later) % 24).padStart(2, '0')}:00`;
  before(async () => {
    const t = { after: (fn: () => Promise<void> | void): void => void cleanups.unshift(fn) };
    folder = createFolder(t);
    daemon = await startAdmin(t, {
      env: { TZ: 'UTC' },
      server: { overview: true, rateLimit: { runs: callsInAnHour, per: '1h', failures: 1000 } },
      tasks: {
        quick: shell('echo hello', { output: 'all' }),
        fails: shell('exit 3', {
          then: { task: 'often', after: '2h', when: 'ended', between: ['1m', '8h'] },
        }),
        grows: shell('test -e grown || exit 3', { cwd: folder }),
        missing: { command: ['/nowhere/program'], cooldown: '0s' },
        slow: shell('exec sleep 600', { timeout: '200ms' }),
        long: shell('exec sleep 600', { whenBusy: 'reject', stoppable: true }),
        line: shell('exec sleep 600', { whenBusy: 'queue', queue: { max: 1 } }),
        stops: shell('exec sleep 600', { stoppable: true }),
        asks: shell('exit 3', { confirm: true }),
        later: shell('exit 0', { hours: `${clock(2)}-${clock(3)}` }),
        once: shell('exit 3', { maxPerDay: 1 }),
        often: shell('exit 0'),
        last: shell('exit 3'),
        polled: shell('exit 0'),
      },
    });
  });
  after(async () => {
    for (const cleanup of cleanups) await cleanup();
  });

  interface How {
    readonly query?: string;
    readonly accept?: string;
    readonly headers?: Record<string, string>;
  }
  const ask = async (
    method: string,
    at: string,
    { query = '', accept = '*/*', headers = {} }: How = {},
  ): Promise<Answer> => {
    const call: Call = {
      method,
      url: `${daemon.base}${at}${query === '' ? '' : `?${query}`}`,
      headers: { accept, ...headers },
    };
    const answer = await contract.call(call);
    if (answer.headers['content-type']?.startsWith(json) === true) {
      const { error, code } = JSON.parse(answer.text) as { error?: string; code?: string };
      if (error !== undefined && code !== undefined) codes.add(code);
    }
    return answer;
  };
  const taskPath = (id: string): string => `/${magicKey}/${keyOf(id)}`;
  const locationOf = ({ headers }: Answer): string => toLocationPath(headers.location);
  const expect = async (status: number, answer: Promise<Answer>): Promise<Answer> => {
    const found = await answer;
    assert.equal(found.status, status, found.text);
    return found;
  };

  /** The ways to start a task. Each of them takes the task's id. */
  type Start = (id: string, how?: How) => Promise<Answer>;
  const post: Start = async (id, how) => await ask('POST', taskPath(id), how);
  const get: Start = async (id, how) => await ask('GET', taskPath(id), how);
  const bearer: Start = async (id, { headers = {}, ...how } = {}) =>
    await ask('POST', '/run', {
      ...how,
      headers: { ...headers, authorization: `Bearer ${magicKey}:${keyOf(id)}` },
    });
  const press: Start = async (id, how = {}) => {
    const { text } = await ask('GET', `/${magicKey}/`, { accept: html });
    const nonce = new RegExp(`\\?task=${id}&amp;nonce=([\\w-]+)"`).exec(text)?.[1];
    const own = nonce === undefined ? [] : [`nonce=${nonce}`];
    return await ask('POST', `/${magicKey}/`, {
      ...how,
      query: [`task=${id}`, ...own, ...(how.query === undefined ? [] : [how.query])].join('&'),
    });
  };
  /** Starts a task as a browser does, waits for its failure, and returns the address of the button that tries again. */
  const fail = async (id: string, how: How = {}): Promise<{ run: string; nonce: string }> => {
    const [, run = '', nonce = ''] =
      /^(\/runs\/[\w-]+)\?again=([\w-]+)$/.exec(locationOf(await post(id, { ...how, accept: html }))) ?? [];
    await ask('GET', run, { query: 'wait=60' });
    return { run, nonce };
  };
  const again: Start = async (id, how = {}) => {
    const { run, nonce } = await fail(id);
    const query = [`nonce=${nonce}`, ...(how.query === undefined ? [] : [how.query])].join('&');
    return await ask('POST', `${run}/again`, { ...how, query });
  };
  const ways = { post, get, bearer, press, again };

  for (const [name, start] of Object.entries(ways))
    test(`a start by ${name}`, async () => {
      // A program that may be tried again has failed.
      const end = name === 'again' ? 'fails' : 'quick';
      for (const accept of ['*/*', json]) {
        await expect(202, start(end, { accept }));
        await expect(500, start('fails', { accept, query: 'wait=1m&after=45m' }));
        await expect(504, start('slow', { accept, query: 'wait=60' }));
      }
      await expect(500, start('missing', { accept: json, headers: { prefer: 'wait=60' } }));
      await expect(303, start(end, { accept: html, headers: { 'accept-language': 'de' } }));
      for (const accept of ['*/*', html, json]) {
        await expect(400, start(end, { accept, query: 'wiat=60' }));
        await expect(400, start('fails', { accept, query: 'after=9h' }));
        if (name !== 'again') await expect(429, start('later', { accept }));
      }
      await expect(200, start(end, { query: 'follow' }));
      const events = parseEvents((await expect(200, start(end, { accept: stream }))).text).events;
      assert.equal(events.at(-1)?.event, 'end');
      for (const { event, data } of events)
        if (event === 'state' || event === 'end') contract.fits('Run', JSON.parse(data));
      const key = { 'idempotency-key': `key of ${name}` };
      for (const accept of [json, json]) await expect(202, start(end, { accept, headers: key }));
    });

  test('what follows a run, and the decisions about it', async () => {
    const { run, nonce } = await fail('fails', { query: 'after=45m' });
    const then = JSON.parse((await ask('GET', run, { accept: json })).text) as { then: { task: string } };
    assert.equal(then.then.task, 'often');
    const decide = async (query: string, accept = '*/*'): Promise<Answer> =>
      await ask('POST', `${run}/then`, { accept, query: `nonce=${nonce}&${query}` });
    await expect(303, decide('after=1h', html));
    for (const accept of ['*/*', json]) {
      await expect(200, decide('after=2h', accept));
      await expect(400, decide('after=9h', accept));
    }
    await expect(200, decide('do=now', json));
    for (const accept of ['*/*', json]) await expect(409, decide('do=leave', accept));
    await expect(404, ask('POST', '/runs/aaaaaaaaaaaaaaaaaaaaaa/then', { query: 'do=now' }));
  });

  test('an EventSource that has seen all', async () => {
    const { location } = JSON.parse((await post('quick', { accept: json, query: 'wait=60' })).text) as {
      location: string;
    };
    const seen = { accept: stream, headers: { 'last-event-id': `${location.split('/').at(-1)}:end` } };
    for (const start of [post, get, bearer]) await expect(204, start('quick', seen));
    await expect(204, ask('POST', `/${magicKey}/`, { ...seen, query: 'task=quick' }));
    await expect(204, ask('GET', location, seen));
  });

  test('what is in the way of a start', async () => {
    const { location } = JSON.parse((await post('long', { accept: json })).text) as { location: string };
    for (const accept of ['*/*', html, json]) {
      for (const start of [post, get, bearer, press]) await expect(409, start('long', { accept }));
      await expect(
        202,
        ask('GET', location, { accept: accept === html ? '*/*' : accept, query: 'wait=10ms' }),
      );
    }
    const line = [
      await post('line', { accept: json }),
      await post('line', { accept: json }),
      await post('line', { accept: json }),
    ];
    assert.deepEqual(
      line.map(({ status, headers }) => `${status} ${String(headers['x-run'])}`),
      ['202 started', '202 queued', '409 undefined'],
    );
    for (let n = 0; n < callsInAnHour; n++) await post('often');
    await expect(429, post('often', { accept: json }));
    const { run, nonce } = await fail('once');
    await expect(429, ask('POST', `${run}/again`, { query: `nonce=${nonce}` }));
    for (const accept of ['*/*', html, json]) await expect(429, post('once', { accept }));
    for (const query of ['follow', 'wait=1&wait=2'])
      await expect(400, post('quick', { accept: json, query }));
    await expect(404, ask('POST', `/${magicKey}/wrong`));
    await expect(404, ask('POST', '/run', { headers: { authorization: `Bearer ${magicKey}:wrong` } }));
    await expect(404, ask('GET', `/wrong/${keyOf('quick')}`, { accept: json }));
    await expect(404, ask('POST', `/${magicKey}/`, { query: 'task=unknown' }));
  });

  test('a question, its answer, and another try', async () => {
    for (const start of [post, get, bearer, press])
      for (const accept of ['*/*', json]) await expect(428, start('asks', { accept }));
    for (const start of [get, press]) await expect(200, start('asks', { accept: html }));
    const toNonce = ({ text }: Answer): string => /nonce=([\w-]{22})"/.exec(text)?.[1] ?? '';
    await expect(428, get('asks', { query: `nonce=${toNonce(await post('asks', { accept: html }))}` }));
    const answered = await bearer('asks', {
      query: `nonce=${toNonce(await bearer('asks', { accept: html }))}`,
    });
    assert.equal(answered.status, 202);
    const { run, nonce } = await fail('asks', {
      query: `nonce=${toNonce(await post('asks', { accept: html }))}`,
    });
    const button = `${run}/again`;
    await expect(428, ask('POST', button, { accept: json, query: `nonce=${nonce}` }));
    const question = await expect(200, ask('POST', button, { accept: html, query: `nonce=${nonce}` }));
    const answer = /answer=([\w-]{22})"/.exec(question.text)?.[1] ?? '';
    await expect(303, ask('POST', button, { accept: html, query: `nonce=${nonce}&answer=${answer}` }));
    for (const accept of ['*/*', json])
      await expect(409, ask('POST', button, { accept, query: 'nonce=old' }));
    await expect(404, ask('POST', '/runs/aaaaaaaaaaaaaaaaaaaaaa/again', { query: `nonce=${nonce}` }));
    const grown = await fail('grows');
    fs.writeFileSync(path.join(folder, 'grown'), '');
    await expect(200, ask('POST', `${grown.run}/again`, { query: `nonce=${grown.nonce}&wait=60` }));
    for (const accept of ['*/*', json]) await expect(200, get('quick', { accept, query: 'wait=60' }));
  });

  test('a run, as it is looked at and stopped', async () => {
    const ended = locationOf(await post('quick', { query: 'wait=60' }));
    for (const accept of ['*/*', html, json, stream]) await expect(200, ask('GET', ended, { accept }));
    await expect(200, ask('GET', ended, { query: 'follow' }));
    const unknown = '/runs/aaaaaaaaaaaaaaaaaaaaaa';
    await expect(404, ask('GET', unknown));
    await expect(404, ask('POST', `${unknown}/stop`));
    const [failed, late] = [locationOf(await post('fails')), locationOf(await post('slow'))];
    const running = locationOf(await post('stops'));
    const page = await ask('GET', running, { accept: html, query: 'again=x' });
    assert.equal(page.headers['refresh'], '2');
    assert.equal((await ask('GET', running, { accept: html, query: 'hold' })).headers['refresh'], undefined);
    for (const accept of ['*/*', json]) {
      await expect(500, ask('GET', failed, { accept, query: 'wait=60' }));
      await expect(
        504,
        ask('GET', late, { accept, headers: { prefer: 'wait=60', 'accept-language': 'fr' } }),
      );
      await expect(400, ask('GET', running, { accept, query: 'wait=soon' }));
      await expect(400, ask('POST', `${running}/stop`, { accept, query: 'wait=60' }));
      const other = locationOf(await post('stops'));
      await expect(202, ask('POST', `${other}/stop`, { accept }));
      await expect(409, ask('POST', `${ended}/stop`, { accept }));
    }
    await expect(303, ask('POST', `${running}/stop`, { accept: html }));
    await expect(500, ask('GET', running, { query: 'wait=60' }));
  });

  test('pages, manifests and icons', async () => {
    const icons = ['icon-180', 'icon-192', 'icon-512', 'icon-512-maskable'];
    for (const part of ['home', 'manifest.webmanifest', ...icons.map((icon) => `${icon}.png`)]) {
      await expect(200, ask('GET', `${taskPath('quick')}/${part}`));
      await expect(404, ask('GET', `${taskPath('quick')}x/${part}`));
    }
    await ask('GET', `${taskPath('quick')}/home`, { accept: html, headers: { 'accept-language': 'de' } });
    await ask('GET', `/${magicKey}/`, { accept: html, headers: { 'accept-language': 'de' } });
    for (const query of ['manifest', ...icons, 'icon-192&task=quick'])
      await expect(200, ask('GET', `/${magicKey}/`, { query }));
    await expect(404, ask('GET', '/wrong/'));
  });

  test('health and metrics; and what cannot be written is not started', async () => {
    const watch = async (at: string, headers = {}): Promise<number> =>
      (await contract.call({ method: 'GET', url: `${daemon.admin}${at}`, headers })).status;
    for (const at of ['/healthz', '/metrics'])
      assert.deepEqual([await watch(at), await watch(at, { host: 'nas' })], [200, 403]);
    const { run, nonce } = await fail('last');
    const log = path.join(daemon.folder, 'log.txt');
    fs.renameSync(log, `${log}.old`);
    fs.mkdirSync(log);
    await until(
      async () => ((await get('polled', { accept: json })).status === 503 ? true : undefined),
      'starts to be refused',
    );
    for (const accept of ['*/*', html, json])
      for (const start of [post, get, bearer, press]) await expect(503, start('last', { accept }));
    await expect(503, ask('POST', `${run}/again`, { query: `nonce=${nonce}` }));
    assert.equal(await watch('/healthz'), 503);
    fs.rmdirSync(log);
  });

  test('each answer, each of its forms and each parameter was seen', () => {
    // Drawing is cut off in test/http/home.test.ts; a daemon that is being stopped, or without a worker, is asked in test/http/codes.test.ts.
    const elsewhere = /^get \S+ 503$|^NoIcon /;
    assert.deepEqual(
      contract.unseen().filter((one) => !elsewhere.test(one) || one.includes('/healthz')),
      [],
    );
    assert.deepEqual(new Set([...codes, 'closing', 'worker-away']), new Set(Object.keys(englishRefusals)));
  });
});
