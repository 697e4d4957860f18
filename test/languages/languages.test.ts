// The languages of the pages: which one a caller gets, and that none of them has a hole.
import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { de } from '../../src/languages/de.ts';
import { chooseLanguage, languages } from '../../src/languages/languages.ts';

test('a caller gets the language that he likes best of those there are, else English', () => {
  for (const [accepted, tag] of [
    [undefined, 'en'],
    ['', 'en'],
    ['*', 'en'],
    ['de', 'de'],
    ['de-AT,de;q=0.9,en;q=0.8', 'de'],
    ['de-CH', 'de'],
    ['en-US,en;q=0.9,de;q=0.8', 'en'],
    ['es,de;q=0.5,en;q=0.3', 'de'],
    ['fr,de;q=0.5,en;q=0.3', 'fr'],
    ['fr-CA', 'fr'],
    ['es-ES', 'en'],
    ['de;q=0,en', 'en'],
    ['de;q=0', 'en'],
    ['DE', 'de'],
    ['__proto__', 'en'],
    [`x${',de'.repeat(4000)}`, 'de'],
  ] as const) {
    const request = {
      headers: accepted === undefined ? {} : { 'accept-language': accepted },
    } as IncomingMessage;
    assert.equal(chooseLanguage(request).tag, tag, accepted?.slice(0, 40));
  }
});

/** Every text of a language, with where it stands. */
function listTexts(value: unknown, at = ''): [at: string, text: string][] {
  if (typeof value === 'string') return [[at, value]];
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, inner]) => listTexts(inner, `${at}.${name}`))
    : [];
}

test('every text of a language says something, and sentences end as sentences do', () => {
  const sentences = /^\.(?:explanations|nothingStarted)\./;
  for (const language of languages) {
    for (const [at, text] of listTexts(language)) {
      assert.match(text, /^\S.*\S$/s, `${language.tag}${at}`);
      if (sentences.test(at)) assert.match(text, /[.]$/, `${language.tag}${at}`);
    }
  }
});

test('all languages have the same texts', () => {
  const toPlaces = (language: object): string[] =>
    listTexts(language)
      .map(([at]) => at)
      .toSorted();
  const [first, ...others] = languages;
  for (const language of others) assert.deepEqual(toPlaces(language), toPlaces(first), language.tag);
});

test('German speaks to nobody in particular, and writes numbers and times as one does there', () => {
  const texts = listTexts(de).map(([, text]) => text);
  for (const text of texts)
    assert.doesNotMatch(text, /\b(?:du|dir|dich|deine?[mnrs]?|Sie|Ihnen|Ihre?[mnrs]?)\b/, text);
  assert.deepEqual(
    [300, 1200, 60_000, 3_725_000].map((ms) => de.duration(ms)),
    ['300 ms', '1,2 s', '1 min', '1 h 2 min'],
  );
  assert.equal(de.time(new Date(2026, 10, 21, 23, 5)), '21.11.2026, 23:05');
  assert.deepEqual(
    [de.running(0), de.running(140_000), de.reached('Erledigt', 1234)],
    ['Gerade gestartet', 'Läuft seit 2 min 20 s', 'Erledigt nach 1,2 s'],
  );
});
