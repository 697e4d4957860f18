// The page of a run as HTML: what it says of each end, in each language, and what it offers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { de } from '../../../src/languages/de.ts';
import { en } from '../../../src/languages/en.ts';
import { fr } from '../../../src/languages/fr.ts';
import type { Language } from '../../../src/languages/language.ts';
import { languages } from '../../../src/languages/languages.ts';
import { renderRunPage, toRefreshSeconds } from '../../../src/http/pages/run-page.ts';
import { Outcome } from '../../../src/outcome.ts';
import type { RunView } from '../../../src/runs/run-view.ts';

const nonce = 'Abcdefghij-klmnopqr_12';

const viewOf = (parts: Partial<RunView>): RunView => ({
  task: 'photos',
  run: 'Abcdefghij-klmnopqr_99',
  name: 'Back up photos',
  icon: { kind: 'emoji', emoji: '📷' },
  state: parts.outcome === undefined ? 'running' : 'ended',
  acceptedAt: '2026-11-21T12:05:00.000Z',
  startedAt: '2026-11-21T12:05:00.000Z',
  endedAt: undefined,
  waitedMs: 0,
  elapsedMs: 140_600,
  usualMs: undefined,
  outcome: undefined,
  output: undefined,
  isStoppable: false,
  ...parts,
});

interface Looked {
  readonly title: string;
  readonly lang: string;
  /** What is in `main`, without what is hidden from who listens. */
  readonly main: string;
  /** The same without tags. */
  readonly text: string;
}

function look(
  parts: Partial<RunView>,
  language: Language = en,
  visit: Partial<Parameters<typeof renderRunPage>[1]['visit']> = {},
  isAgainOffered = false,
): Looked {
  const whole = { isJoined: false, isSpent: false, isHeld: false, again: nonce, ...visit };
  const html = renderRunPage(viewOf(parts), { visit: whole, isAgainOffered, language });
  const main = /<\/div>\n([^]*)<\/main>/.exec(html)?.[1] ?? '';
  return {
    title: /<title>(.*)<\/title>/.exec(html)?.[1] ?? '',
    lang: /<html lang="(.*?)">/.exec(html)?.[1] ?? '',
    main,
    text: main
      .replaceAll(/<[^>]*>/g, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim(),
  };
}

test('each standing of a run has its own words in title and state, in each language', () => {
  const table: readonly [Partial<RunView>, en: string, de: string, fr: string][] = [
    [{ state: 'queued' }, '… waiting: Waiting', '… wartet: Wartet', '… en attente: En attente'],
    [
      {},
      '… running: Running for 2 min 20 s',
      '… läuft: Läuft seit 2 min 20 s',
      '… en cours: En cours depuis 2 min 20 s',
    ],
    [
      { elapsedMs: 400 },
      '… running: Just started',
      '… läuft: Gerade gestartet',
      '… en cours: Vient de démarrer',
    ],
    [
      { outcome: { kind: 'succeeded', exitCode: 0 }, elapsedMs: 1234 },
      '✓ succeeded: Succeeded after 1.2 s',
      '✓ erledigt: Erledigt nach 1,2 s',
      '✓ réussi: Réussi après 1,2 s',
    ],
    [
      { outcome: { kind: 'failed', exitCode: 3 } },
      '✕ failed: Failed after 2 min 21 s',
      '✕ fehlgeschlagen: Fehlgeschlagen nach 2 min 21 s',
      '✕ échoué: Échoué après 2 min 21 s',
    ],
    [
      { outcome: { kind: 'timed-out' } },
      '✕ timed out: Timed out after 2 min 21 s',
      '✕ abgebrochen: Abgebrochen nach 2 min 21 s',
      '✕ délai dépassé: Délai dépassé après 2 min 21 s',
    ],
    [
      { outcome: { kind: 'stopped' } },
      '■ stopped: Stopped after 2 min 21 s',
      '■ gestoppt: Gestoppt nach 2 min 21 s',
      '■ arrêté: Arrêté après 2 min 21 s',
    ],
    [
      { outcome: { kind: 'lost' }, elapsedMs: undefined },
      '? lost from sight: Lost from sight',
      '? aus den Augen verloren: Aus den Augen verloren',
      '? perdu de vue: Perdu de vue',
    ],
    [
      { outcome: { kind: 'unconfirmed' } },
      '? unconfirmed: Unconfirmed',
      '? unbestätigt: Unbestätigt',
      '? non confirmé: Non confirmé',
    ],
  ];
  for (const [parts, ...expected] of table) {
    languages.forEach((language, i) => {
      const { title, main, lang } = look(parts, language);
      const state = /role="status">(.*?)</.exec(main)?.[1] ?? '';
      assert.deepEqual(
        [lang, `${title.replace('Back up photos: ', '')}: ${state}`],
        [language.tag, expected[i]],
      );
    });
  }
});

test('a page says how a run ended, without what is of no use to who tapped', () => {
  assert.match(
    look({ outcome: { kind: 'failed', exitCode: 3 } }).text,
    /Exit status 3 This page is about one run, /,
  );
  assert.match(look({ outcome: { kind: 'failed', signal: 'SIGKILL' } }).text, /Ended by SIGKILL This page /);
  assert.doesNotMatch(look({ outcome: { kind: 'succeeded', exitCode: 0 } }).text, /Exit/);
  assert.doesNotMatch(look({ outcome: { kind: 'stopped', signal: 'SIGTERM' } }).text, /SIGTERM/);
  assert.match(
    look({ outcome: { kind: 'failed', reason: 'The program does not exist.' } }).text,
    /^Back.*s The program does not exist\. Accepted 21 Nov 2026,/,
  );
});

test('while a run goes on, its page says how long such runs usually take', () => {
  assert.match(look({ usualMs: 194_000 }).text, /Usually takes about 3 min This page is about one run,/);
  assert.match(look({ usualMs: 194_000, state: 'queued' }, de).text, /Dauert meist etwa 3 min Diese Seite /);
  assert.doesNotMatch(look({ usualMs: 194_000, outcome: { kind: 'failed' } }).text, /Usually/);
  assert.doesNotMatch(look({}).text, /Usually/);
});

test('why a run ended is said in the language of the page; what an earlier version recorded, in English', () => {
  const because = { code: 'dsm-refused', what: 'call', by: 'web-api', number: 105, cause: 'not-permitted' };
  const outcome = Outcome.parse({
    kind: 'unconfirmed',
    reason: 'x',
    why: { code: 'dsm-start-unclear', because },
  });
  const german = look({ outcome }, de).main;
  assert.match(
    german,
    /<p class="note">DSM hat den Aufruf abgelehnt: das Konto darf das nicht; .* Ob die Aufgabe/,
  );
  assert.doesNotMatch(german, /lang=/);
  for (const why of [undefined, { code: 'of-a-later-version' }, { code: 'no-process' }, 'text']) {
    const old = Outcome.parse({ kind: 'failed', reason: 'DSM refused <it> (error 400).', why });
    assert.match(
      look({ outcome: old }, de).main,
      /<p class="note" lang="en">DSM refused &lt;it&gt; \(error 400\)\.<\/p>/,
    );
    assert.match(look({ outcome: old }).main, /<p class="note">DSM refused &lt;it&gt; \(error 400\)\.<\/p>/);
  }
});

test('a run that did not succeed can be tried again where that is offered; a visit says what was not started', () => {
  const form = `<form method="post" action="../runs/Abcdefghij-klmnopqr_99/again?nonce=${nonce}"><button>Try again</button></form>`;
  for (const kind of Outcome.shape.kind.options) {
    assert.equal(look({ outcome: { kind } }, en, {}, true).main.includes(form), kind !== 'succeeded', kind);
    assert.doesNotMatch(look({ outcome: { kind } }).main, /<form/, kind);
  }
  assert.doesNotMatch(look({}, en, {}, true).main, /<form/, 'not while it goes on');
  assert.match(
    look({ outcome: { kind: 'failed' } }, en, { isSpent: true }).text,
    /Nothing was started this time: .* To start it, open its bookmark\./,
  );
  assert.match(
    look({}, de, { isJoined: true }).text,
    /Es war schon gestartet; ein zweites Mal wurde nichts gestartet\./,
  );
});

test('a run that may be stopped has the button for it, which comes back to where it was', () => {
  const main = look({ isStoppable: true }, en, { isJoined: true }).main;
  assert.match(
    main,
    new RegExp(
      `action="\\.\\./runs/Abcdefghij-klmnopqr_99/stop\\?joined&amp;again=${nonce}"><button class="quiet">Stop<`,
    ),
  );
});

test('a page that loads itself anew has a way to hold it still, and back, which keeps all else', () => {
  assert.match(
    look({}).main,
    new RegExp(
      `<a class="hold" href="\\.\\./runs/Abcdefghij-klmnopqr_99\\?hold&amp;again=${nonce}">Hold this page still</a>`,
    ),
  );
  assert.match(
    look({}, en, { isHeld: true, again: undefined }).main,
    /<a class="hold" href="\.\.\/runs\/Abcdefghij-klmnopqr_99">Let this page update itself<\/a>/,
  );
  assert.doesNotMatch(look({ outcome: { kind: 'failed' } }).main, /<a/);
});

test('a page is loaded anew soon at first, and less often when a run takes long', () => {
  assert.deepEqual(
    [0, 60_000, 150_000, 3_600_000, undefined].map((elapsedMs) => toRefreshSeconds(viewOf({ elapsedMs }))),
    [2, 2, 5, 10, 2],
  );
});

test('names and output are text, never HTML', () => {
  const { title, main } = look({ name: '<b>"&\u202e', output: '</pre><script>', icon: undefined });
  assert.equal(title, '… &lt;b&gt;&quot;&amp;\u{fffd}: running');
  assert.match(main, /<h1>&lt;b&gt;&quot;&amp;\u{fffd}<\/h1>.*&lt;\/pre&gt;&lt;script&gt;<\/samp><\/pre>/su);
});

test('what is not shown of the output is reported in the language of the page', () => {
  const box = (notShown: number | 'all', language: Language): string =>
    /<samp>(.*)<\/samp>/s.exec(
      look({ output: notShown === 'all' ? '' : 'rest', notShown }, language).main,
    )?.[1] ?? '';
  assert.equal(box(70_001, en), '[70,001 bytes before this are not shown.]\nrest');
  assert.equal(box(1, en), '[1 byte before this is not shown.]\nrest');
  assert.equal(box(70_001, de), '[70.001 Bytes davor werden nicht gezeigt.]\nrest');
  assert.match(box(70_001, fr), /^\[70\s001 octets précédents ne sont pas affichés\.\]\nrest$/);
  assert.deepEqual(
    [en, de, fr].map((language) => box('all', language)),
    [
      '[The output of this run is no longer kept.]\n',
      '[Die Ausgabe dieses Laufs ist nicht mehr gespeichert.]\n',
      '[La sortie de cette exécution n’est plus conservée.]\n',
    ],
  );
});

test('a wait is shown apart from how long the run took, if it is worth a word', () => {
  const outcome = { kind: 'succeeded', exitCode: 0 } as const;
  const waited = (waitedMs: number | undefined, language: Language): string =>
    look({ outcome, elapsedMs: 4000, waitedMs }, language).text;
  assert.match(waited(8000, en), /^Back up photos Succeeded after 4 s .*Waited 8 s/);
  assert.match(waited(8000, de), /^Back up photos Erledigt nach 4 s .*Wartete 8 s/);
  assert.match(waited(90_000, fr), /^Back up photos Réussi après 4 s .*Attente 1 min 30 s/);
  for (const waitedMs of [0, 999, undefined]) assert.doesNotMatch(waited(waitedMs, en), /Waited/);
  const queued = look({ state: 'queued', startedAt: undefined, elapsedMs: undefined, waitedMs: 8000 }).text;
  assert.match(queued, /^Back up photos Waiting .*Accepted .*Waited 8 s/);
  assert.doesNotMatch(queued, /Started/);
});
