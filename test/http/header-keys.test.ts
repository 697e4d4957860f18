// Keys in a header: POST /run does what the address does, and whatever is wrong with it gets the answer for strangers.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { right, startGate, wrong, type Gate } from '../support/gate.ts';
import { exchange, mapSome } from '../support/raw-http.ts';

const cleanups: (() => Promise<void> | void)[] = [];
let gate: Gate;
/** A key with everything that has to be encoded. */
const odd = 'a:b c/d%e-ünï-9Kq2';

before(async () => {
  gate = await startGate(
    { after: (fn) => void cleanups.push(fn) },
    {
      tasks: {
        odd: {
          identifier: odd,
          command: ['/bin/echo', 'hi'],
          output: 'all',
          cooldown: '0s',
          whenBusy: 'parallel',
        },
      },
    },
  );
});
after(async () => {
  for (const cleanup of cleanups) await cleanup();
});

const good = `Bearer ${right.magic}:${right.task}`;
const request = (method: string, path: string, ...authorizations: string[]): string =>
  `${[`${method} ${path} HTTP/1.1`, 'Host: a', ...authorizations.map((one) => `Authorization: ${one}`)].join('\r\n')}\r\n\r\n`;
const answer = async (text: string): Promise<string> =>
  (await exchange(gate.daemon.port, text)).text.replace(/Date: [^\r]+/, 'Date: X');

test('a call with both keys in the header is answered as one with both in its address', async () => {
  const bearer = `bearer  ${encodeURIComponent(right.magic)}:${encodeURIComponent(odd)}`;
  const { base } = gate.daemon;
  const call = async (query: string, accept: string): Promise<unknown[]> => {
    const answers = [
      await fetch(`${base}/${right.magic}/${encodeURIComponent(odd)}${query}`, {
        method: 'POST',
        headers: { accept },
        redirect: 'manual',
      }),
      await fetch(`${base}/run${query}`, {
        method: 'POST',
        headers: { accept, authorization: bearer },
        redirect: 'manual',
      }),
    ];
    const plain = (text: string): string => text.replaceAll(/[\w-]{22}|\d[\d.:TZ-]*|\.{1,2}\//g, '');
    const [byAddress, byHeader] = await Promise.all(
      answers.map(async (one) => [
        one.status,
        one.headers.get('x-run'),
        plain(await one.text()),
        plain(one.headers.get('location') ?? ''),
      ]),
    );
    assert.deepEqual(byHeader, byAddress);
    return [answers[1]?.status, answers[1]?.headers.get('location')];
  };
  assert.equal((await call('?wait=60', '*/*'))[0], 200);
  assert.equal((await call('?wait=60', 'application/json'))[0], 200);
  assert.match(String((await call('', 'text/html'))[1]), /^\.\/runs\/[\w-]{22}/);
  assert.equal((await call('?wait=soon', '*/*'))[0], 400);
});

test('whatever is wrong with the header, the answer is that for strangers, and nothing starts', async () => {
  const expected = await answer(request('POST', '/wrong/wrong'));
  const { magic, task } = right;
  const headers = [
    [],
    [''],
    ['Bearer'],
    ['Bearer '],
    [`Bearer ${magic}`],
    [`Bearer ${magic}:`],
    [`Bearer :${task}`],
    [`Bearer ${magic}/${task}`],
    [`Bearer ${magic}%3A${task}`],
    [`Bearer ${magic}:${task}:`],
    [`Bearer ${magic}:${task} x`],
    [`Bearer ${magic}: ${task}`],
    [`Bearer ${magic}:${task}%`],
    [`Bearer ${magic}:${task}%ff`],
    [`Bearer ${magic.toUpperCase()}:${task}`],
    [`Bearer ${wrong.magic}:${task}`],
    [`Bearer ${magic}:${wrong.task}`],
    [`Bearer ${task}:${magic}`],
    [`Bearer ${'x'.repeat(9000)}:${task}`],
    [`Basic ${Buffer.from(`${magic}:${task}`).toString('base64')}`],
    [`${magic}:${task}`],
    [`Bearer, ${magic}:${task}`],
    [good, good],
    [good, 'Bearer x'],
    ['Bearer x', good],
  ];
  const started = await gate.runs();
  const answers = await mapSome(headers, async (one) => await answer(request('POST', '/run', ...one)));
  answers.forEach((one, i) => assert.equal(one, expected, JSON.stringify(headers[i]).slice(0, 200)));
  for (const path of ['/run', '/run/', '/run?x', '/Run', '/%72un', '/x/run', '//run', '/run/x'])
    for (const method of path === '/run?x' ? ['GET', 'PUT'] : path === '/run' ? ['GET', 'DELETE'] : ['POST'])
      assert.equal(await answer(request(method, path, good)), expected, `${method} ${path}`);
  assert.equal((await gate.runs()) - started, 0);
  const log = JSON.stringify(gate.daemon.log()) + gate.daemon.printed();
  for (const key of [magic, task, odd]) assert.ok(!log.includes(key));
});
