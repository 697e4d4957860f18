// The texts that each language must have: every word and sentence of the phone's pages and of the admin pages.
import type { Outcome } from '../outcome.ts';
import type { Reason } from '../reasons/reason.ts';
import type { RefusalTexts } from '../reasons/refusal.ts';
import type { AdminTexts } from './admin-texts.ts';

/** The state of a run, as shown to people. */
export type Standing = 'queued' | 'running' | Outcome['kind'];

/** The words and sentences of one language. Words for states are used within sentences; sentences end with a full stop. */
export interface Language {
  /** BCP 47. */
  readonly tag: string;
  /** Milliseconds: `3 min 20 s`. */
  duration(ms: number): string;
  /** A date with its time of day. */
  time(at: Date): string;
  /** The time of day of a date. */
  clock(at: Date): string;
  readonly states: Readonly<Record<Standing | 'asked' | 'refused', string>>;
  /** How long it has been running; `ms` is a whole number of seconds. */
  running(ms: number): string;
  /** A state, and the milliseconds after which it was reached. */
  reached(state: string, ms: number): string;
  /** Facts about a run, by their names. */
  readonly facts: Readonly<
    Record<'started' | 'accepted' | 'waited' | 'usually' | 'exitStatus' | 'signal', string>
  >;
  about(duration: string): string;
  /** A sentence about a state, besides its name. */
  readonly explanations: Readonly<Partial<Record<Standing, string>>>;
  /** Why a run ended as it did. */
  reason(reason: Reason): string;
  /** Shown if a caller requested a start and nothing was started. */
  readonly nothingStarted: Readonly<Record<'joined' | 'askedAgain' | 'spent', string>>;
  readonly question: string;
  /** Why nothing was started, or stopped, without when to try again. */
  readonly refusals: RefusalTexts;
  /** When to try again after a refusal. */
  comeBack(duration: string): string;
  /** What follows a run: the sentence with its time, and the buttons: at once, never, and after a duration from now. */
  readonly then: {
    again(name: string, at: string): string;
    readonly now: string;
    readonly leave: string;
    after(duration: string): string;
  };
  readonly buttons: Readonly<Record<'start' | 'stop' | 'again', string>>;
  /** How to put a task on a home screen: where, and what to do there; and what a tap does then. */
  readonly home: {
    readonly title: string;
    readonly starts: string;
    readonly asks: string;
    readonly ways: readonly (readonly [where: string, how: string])[];
  };
  readonly overview: Readonly<Record<'title' | 'never' | 'none', string>>;
  /** What the page of a run is about: a bookmark of it would show the same run for ever. */
  readonly aboutRun: string;
  /** The heading of the output. */
  readonly output: string;
  /** Shown in brackets in place of output: bytes before the rest, bytes within it, or all of it. */
  readonly notShown: {
    before(bytes: number): string;
    skipped(bytes: number): string;
    readonly all: string;
  };
  /** The links that stop the reloading of a page, and resume it. */
  readonly updates: Readonly<Record<'hold' | 'resume', string>>;
  readonly admin: AdminTexts;
}
