// What real DSMs answered (test/dsm/samples/, each with its source), through the parsers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toLocalRefusal } from '../../src/dsm/errors.ts';
import { parseLoginAnswer } from '../../src/dsm/cgi-text.ts';
import { createAccess } from '../support/web-api.ts';
import { parseScheduledTasks, toLastStatus } from '../../src/dsm/scheduled-tasks-text.ts';
import { signIn, type SignedIn } from '../../src/dsm/sign-in.ts';
import { parseSynowebapi } from '../../src/dsm/synowebapi-text.ts';
import { parseAnswer, parseApis } from '../../src/dsm/wire.ts';
import { loadSample, loadWhole, reshapings, sampleNames } from '../support/sample-dsm.ts';

const json = sampleNames.filter((name) => name.endsWith('.json'));

test('each sample names its source, and how certain it is', () => {
  assert.ok(sampleNames.length >= 34);
  for (const name of sampleNames)
    assert.match(loadWhole(name), /^# source: .+\n(?:# .*\n)*# grade: .+\n(?:# .*\n)*# ---\n/, name);
});

test('each answer of the Web API is read, whatever the order of its fields and the form of its numbers', () => {
  for (const name of json)
    for (const [how, reshape] of Object.entries(reshapings)) {
      const answer = parseAnswer(reshape(loadSample(name)), toLocalRefusal);
      const code = /refused-(\d+)/.exec(name)?.[1];
      if (code === undefined) assert.equal(answer?.kind, 'answered', `${name} ${how}`);
      else
        assert.deepEqual(
          [answer?.kind, answer?.kind === 'refused' && answer.code],
          ['refused', Number(code)],
          `${name} ${how}`,
        );
    }
});

test('what DSM offers is read', () => {
  for (const [name, version] of [
    ['query-dsm6.json', 6],
    ['query-dsm7.json', 7],
  ] as const) {
    const answer = parseAnswer(loadSample(name), toLocalRefusal);
    assert.equal(
      answer?.kind === 'answered' && parseApis(answer.data)?.get('SYNO.API.Auth')?.maxVersion,
      version,
    );
  }
});

test('a sign-in gives the session, and the tokens where there are some', async () => {
  const access = createAccess({ url: 'http://127.0.0.1' });
  const signInTo = async (login: string, query = 'query-dsm7.json'): Promise<SignedIn> =>
    await signIn(
      async ({ form }) =>
        await Promise.resolve({
          kind: 'response',
          status: 200,
          text: loadSample(form === undefined ? query : login),
        }),
      access,
      new AbortController().signal,
    );
  const told = async (...args: Parameters<typeof signInTo>): Promise<unknown[]> => {
    const result = await signInTo(...args);
    return result.kind === 'signed-in'
      ? [result.version, result.session.token !== undefined, result.deviceToken?.slice(0, 6)]
      : [];
  };
  assert.deepEqual(
    [
      await told('login-v7.json'),
      await told('login-v7-otp.json'),
      await told('login-v7-empty-device-id.json'),
      await told('login-token-dashes.json'),
      await told('login-v6.json', 'query-dsm6.json'),
    ],
    [
      [7, true, 'dEvIcE'],
      [7, false, 'q0YtE1'],
      [7, false, undefined],
      [7, false, 'dEvIcE'],
      [6, false, 'dId012'],
    ],
  );
  for (const [name, words] of [
    ['login-refused-400.json', /block list.*\(error 400\)/],
    ['login-refused-402.json', /make it an administrator/],
    ['login-refused-403-types.json', /`remotetask device-token`.*Adaptive MFA/],
    ['login-refused-407.json', /has blocked this address/],
  ] as const) {
    const result = await signInTo(name);
    assert.ok(result.kind === 'refused', name);
    assert.match(result.reason, words);
    assert.doesNotMatch(JSON.stringify(result), /jwt/, 'no token of DSM');
  }
});

test("texts of DSM's tools are read, or not taken for anything else", () => {
  const kinds = sampleNames
    .filter((name) => name.startsWith('synowebapi-'))
    .map((name) => [name, parseSynowebapi(loadSample(name))?.kind]);
  assert.deepEqual(kinds, [
    ['synowebapi-credrequest.txt', undefined],
    ['synowebapi-empty-data.txt', 'answered'],
    ['synowebapi-error.txt', 'refused'],
    ['synowebapi-not-found.txt', undefined],
    ['synowebapi-one-line.txt', 'answered'],
    ['synowebapi-preamble.txt', 'answered'],
  ]);
  const [record, another] = parseScheduledTasks(loadSample('synoschedtask-dsm5.txt')) ?? [];
  assert.ok(record !== undefined && another === undefined);
  assert.deepEqual(
    [record.get('ID'), record.get('State'), toLastStatus(record)],
    ['4', 'enabled', { kind: 'other', text: 'No last run record' }],
  );
  const login = parseLoginAnswer(Buffer.from(loadSample('login-cgi-new-session.txt')));
  assert.ok(login !== undefined && JSON.stringify(login).includes('sId0123456789'));
  for (const name of ['crontab.txt', 'package-center-root-refused.txt'])
    assert.equal(parseSynowebapi(loadSample(name)), undefined);
});
