// Reasons and refusals as sentences: each code, with each of its causes, in each language.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { languages } from '../../src/languages/languages.ts';
import { renderRefusalIn } from '../../src/languages/reasons.ts';
import { Outcome } from '../../src/outcome.ts';
import { renderReason } from '../../src/reasons/english.ts';
import { isReason } from '../../src/reasons/reason.ts';
import { englishRefusals, renderRefusal } from '../../src/reasons/refusal.ts';
import { reasonSamples, refusalSamples } from '../support/reasons.ts';

test('each reason is a sentence in each language, with its parameters, and in no two languages the same', () => {
  for (const reason of reasonSamples) {
    const what = JSON.stringify(reason);
    const sentences = languages.map((language) => language.reason(reason));
    for (const sentence of sentences) {
      assert.match(sentence, /^\p{Lu}.*[.?]$/su, what);
      assert.doesNotMatch(sentence, /undefined|null|NaN|\[object|\$\{|\.\.|  /, what);
    }
    assert.equal(new Set(sentences).size, languages.length, what);
  }
});

test('the place in the config and the command are those of the NAS', () => {
  const reason = { what: 'sign-in', by: 'web-api', number: 403, cause: 'device-token-not-taken' } as const;
  for (const { reason: render } of languages) {
    const named = render({ code: 'dsm-refused', ...reason, nas: 'attic' });
    assert.ok(named.includes('dsm.attic.webapi.deviceToken'), named);
    assert.ok(named.includes('`remotetask device-token attic`'), named);
    assert.ok(!named.includes('dsm.webapi'), named);
    const unnamed = render({ code: 'dsm-refused', ...reason });
    assert.ok(unnamed.includes('dsm.webapi.deviceName') && unnamed.includes('`remotetask device-token`'));
  }
});

test('the history keeps code, parameters and the English sentence, and gives them back', () => {
  for (const why of reasonSamples) {
    const outcome = { kind: 'failed', reason: renderReason(why), why } as const;
    assert.deepEqual(Outcome.parse(JSON.parse(JSON.stringify(outcome))), JSON.parse(JSON.stringify(outcome)));
  }
});

test('a code that is not known, or lacks a parameter, is dropped, and its sentence stays', () => {
  const wrong: unknown[] = [
    null,
    'bug',
    { code: 'of-a-later-version' },
    { code: '__proto__' },
    { code: 'no-process' },
    { code: 'no-process', error: 3 },
    { code: 'dsm-not-asked-again', because: { code: 'bug' } },
    { code: 'nas-gone' },
  ];
  for (const why of wrong) {
    assert.equal(isReason(why), false, JSON.stringify(why));
    const { reason, why: read } = Outcome.parse({ kind: 'failed', reason: 'It broke.', why });
    assert.deepEqual([reason, read], ['It broke.', undefined]);
  }
  assert.deepEqual(Outcome.parse({ kind: 'lost' }), { kind: 'lost' });
});

test('each refusal is a sentence in each language, and says when to try again', () => {
  assert.deepEqual(new Set(refusalSamples.map(({ code }) => code)), new Set(Object.keys(englishRefusals)));
  for (const refusal of refusalSamples)
    for (const sentence of [
      ...languages.map((one) => renderRefusalIn(one, refusal)),
      renderRefusal(refusal),
    ]) {
      assert.match(sentence, /^\p{Lu}.*\.$/su);
      assert.doesNotMatch(sentence, /undefined|NaN|\[object/);
      assert.equal(sentence.includes('1 min 30 s'), 'retryAfterSeconds' in refusal, sentence);
      if (refusal.code === 'hours') assert.ok(sentence.includes('07:00–22:00'), sentence);
    }
});
