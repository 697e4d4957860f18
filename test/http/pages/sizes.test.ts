// The size of the phone's pages: each state, reason and refusal, in each language, with the longest names.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderHomePage } from '../../../src/http/pages/home-page.ts';
import { renderOverviewPage } from '../../../src/http/pages/overview-page.ts';
import { renderQuestionPage, renderRefusalPage } from '../../../src/http/pages/refusal-page.ts';
import { renderRunPage } from '../../../src/http/pages/run-page.ts';
import type { Language } from '../../../src/languages/language.ts';
import { languages } from '../../../src/languages/languages.ts';
import { Outcome } from '../../../src/outcome.ts';
import { renderReason } from '../../../src/reasons/english.ts';
import type { RunView } from '../../../src/runs/run-view.ts';
import { reasonSamples, refusalSamples } from '../../support/reasons.ts';

const maxBytes = 6144;

const nonce = 'Abcdefghij-klmnopqr_12';
/** As long as a name may be, in letters of two bytes, and one that HTML escapes. */
const name = `<${'Ä'.repeat(99)}`;
const icon = { kind: 'emoji', emoji: '👩‍❤️‍💋‍👨' } as const;
const time = '2026-11-21T12:05:00.000Z';
const view: RunView = {
  task: 'x'.repeat(64),
  run: 'Abcdefghij-klmnopqr_99',
  name,
  icon,
  state: 'running',
  acceptedAt: time,
  startedAt: time,
  endedAt: undefined,
  waitedMs: 99_000_000,
  elapsedMs: 99_000_000,
  usualMs: 99_000_000,
  outcome: undefined,
  output: undefined,
  isStoppable: true,
};
const following = {
  run: view.run,
  task: 'next',
  name: 'Ä'.repeat(80),
  atMs: Date.parse(time),
  inMs: 99_000_000,
  choicesMs: [60_000, 5_400_000, 93_600_000, 180_000_000],
};

/** Every outcome, with each reason that a run can end for. */
const outcomes: readonly Outcome[] = [
  ...Outcome.shape.kind.options.map((kind) => ({ kind, exitCode: 255 })),
  { kind: 'failed', signal: 'SIGVTALRM' },
  ...reasonSamples.map((why) => ({ kind: 'failed' as const, exitCode: 1, reason: renderReason(why), why })),
  ...reasonSamples.map((why) => ({ kind: 'unconfirmed' as const, reason: renderReason(why), why })),
];

function listPages(language: Language): [what: string, html: string][] {
  const visit = { isJoined: true, isSpent: true, isHeld: true, again: nonce };
  const parts = { visit, isAgainOffered: true, language };
  const states: RunView[] = [
    view,
    { ...view, state: 'queued', startedAt: undefined, elapsedMs: undefined },
    ...outcomes.map((outcome) => ({
      ...view,
      state: 'ended' as const,
      isStoppable: false,
      endedAt: time,
      outcome,
    })),
  ];
  const question = { question: 'Ü'.repeat(200), action: `?task=${view.task}&nonce=${nonce}`, isAgain: true };
  const admission = { name, asksFirst: true };
  const listed = {
    admission: { task: 'camera', name: 'Switch the cameras of the garden off', icon },
    last: view,
    nonce,
  };
  return [
    ...states.map((one): [string, string] => [
      JSON.stringify(one.outcome ?? one.state),
      renderRunPage(one, parts),
    ]),
    [
      'what follows',
      renderRunPage(
        { ...view, state: 'ended', outcome: { kind: 'succeeded' } },
        { ...parts, following, mayDecide: true },
      ),
    ],
    ...refusalSamples.map((one): [string, string] => [
      one.code,
      renderRefusalPage({ name, icon }, one, language),
    ]),
    ['question', renderQuestionPage({ name, icon }, question, language)],
    ['home', renderHomePage(admission, `/${'k'.repeat(32)}/${'k'.repeat(32)}`, language)],
    ['an overview without tasks', renderOverviewPage([], language)],
    [
      'an overview',
      renderOverviewPage(
        [{ ...listed, next: { following: { ...following, name: 'On again' }, nonce } }] as never,
        language,
      ),
    ],
  ];
}

test('no page without output is larger than 6 KB, in any state and language', () => {
  const sizes = languages.flatMap((language) =>
    listPages(language).map(([what, html]) => [Buffer.byteLength(html), language.tag, what] as const),
  );
  assert.ok(sizes.length > 500, `${sizes.length} pages`);
  assert.deepEqual(
    sizes.filter(([bytes]) => bytes > maxBytes || bytes < 1000),
    [],
  );
});
