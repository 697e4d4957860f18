// An event that notices report, and how it reads in a title and a sentence or two.
import { createHash } from 'node:crypto';
import { renderDuration } from '../values/duration.ts';
import { renderOutcome, type Outcome } from '../outcome.ts';
import type { RunNews } from '../runs/lifecycle.ts';
import { toWorthyWaitMs, type RunView } from '../runs/run-view.ts';
import type { Occasion } from './options.ts';

/** Who started a run: the address of the call, and the label of its keys if they have one. */
export interface Starter {
  readonly address: string;
  readonly label?: string | undefined;
}

/** News of a run; `by` is undefined if the history no longer has it. */
interface NewsOfRun {
  readonly what: RunNews['what'];
  readonly task: Pick<RunNews['task'], 'id'>;
  readonly view: Pick<
    RunView,
    'run' | 'name' | 'acceptedAt' | 'startedAt' | 'endedAt' | 'waitedMs' | 'elapsedMs' | 'outcome'
  >;
  readonly by?: Starter | undefined;
  readonly isTest?: true;
}

interface NewsOfStrangers {
  readonly what: 'strangers';
  readonly network: string;
  readonly isTest?: true;
}

/** An event that notices report. `isTest`: nothing has happened, and the notice says so. */
export type News = NewsOfRun | NewsOfStrangers;

/** The names of the occasions that a piece of news matches. */
export function toOccasions(news: News): readonly Occasion[] {
  if (news.what !== 'ended') return [news.what];
  const kind = news.view.outcome?.kind;
  return kind === 'failed' || kind === 'timed-out' || kind === 'lost' ? ['finished', 'failed'] : ['finished'];
}

/** Whether something is wrong. */
export function isBad(news: News): boolean {
  return news.what === 'strangers' || toOccasions(news).includes('failed');
}

/**
 * What all notices of one run have in common, and those of no other run: a UUID of version 8 (RFC 9562). It is a digest of the run
 * id, which is not in any notice because it opens the run's page.
 */
export function toNoticeId(run: string): string {
  const hex = createHash('sha256').update(`notice of ${run}`).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(12, 15)}`,
    `8${hex.slice(15, 18)}`,
    hex.slice(18, 30),
  ].join('-');
}

/** The title and the message of a notice. The message does not repeat the title. */
export function toText(news: News): { readonly title: string; readonly message: string } {
  const { title, message } = news.what === 'strangers' ? toTextOfStrangers(news) : toTextOfRun(news);
  return news.isTest === true
    ? { title: `Test: ${title}`, message: `This is a test: nothing has happened. ${message}` }
    : { title, message };
}

function toTextOfStrangers({ network }: NewsOfStrangers): { title: string; message: string } {
  return {
    title: 'Many wrong keys',
    message: `A caller at ${network} is trying keys. No key was right; calls with the right keys are served as always.`,
  };
}

function toTextOfRun({ view, by }: NewsOfRun): {
  title: string;
  message: string;
} {
  const { name, outcome, elapsedMs } = view;
  const waitedMs = toWorthyWaitMs(view);
  const sentences = [
    ...(outcome === undefined ? [] : toSentences(outcome, elapsedMs)),
    ...(outcome === undefined || waitedMs === undefined
      ? []
      : [`It waited ${renderDuration(waitedMs)} for its turn.`]),
    ...(by === undefined
      ? []
      : [`Started ${by.label === undefined ? `from ${by.address}` : `by ${by.label}`}.`]),
  ];
  return {
    title: `${name}: ${outcome === undefined ? 'started' : renderOutcome(outcome)}`,
    message: sentences.length === 0 ? 'It is running.' : sentences.join(' '),
  };
}

/** What there is to add to an outcome. */
function toSentences(outcome: Outcome, elapsedMs: number | undefined): string[] {
  const time = elapsedMs === undefined ? undefined : renderDuration(elapsedMs);
  const { kind, reason } = outcome;
  const reasons = reason === undefined ? [] : [reason];
  // A program that did not even start, or whose turn never came, took no time worth a sentence.
  if (kind === 'failed' && reason !== undefined) return reasons;
  switch (kind) {
    case 'succeeded':
    case 'failed':
      return [...reasons, ...(time === undefined ? [] : [`It took ${time}.`])];
    case 'timed-out':
    case 'stopped':
      return [...reasons, ...(time === undefined ? [] : [`It ran for ${time}.`])];
    case 'lost':
      return [reason ?? 'How it ended is not known.'];
    case 'unconfirmed':
      return [reason ?? 'DSM did not report how it ended.'];
    default:
      return kind satisfies never;
  }
}
