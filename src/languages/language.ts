// What a language must have: every word and sentence of the phone's pages and of the admin pages.
import type { Outcome } from '../outcome.ts';
import type { AdminTexts } from './admin-texts.ts';

/** How a run stands, as people are told. */
export type Standing = 'queued' | 'running' | Outcome['kind'];

/** The words and sentences of one language. Words for states stand within sentences; sentences end with a full stop. */
export interface Language {
  /** BCP 47. */
  readonly tag: string;
  /** Milliseconds: `3 min 20 s`. */
  duration(ms: number): string;
  /** A date with its time of day. */
  time(at: Date): string;
  readonly states: Readonly<Record<Standing | 'asked' | 'refused', string>>;
  /** For how long it has been running; `ms` is a round number of seconds. */
  running(ms: number): string;
  /** A state, and after how many milliseconds it was reached. */
  reached(state: string, ms: number): string;
  /** Facts about a run, by their names. */
  readonly facts: Readonly<Record<'started' | 'accepted' | 'usually' | 'exitStatus' | 'signal', string>>;
  about(duration: string): string;
  /** What there is to say of a standing besides its name. */
  readonly explanations: Readonly<Partial<Record<Standing, string>>>;
  /** What runners say of an end, sentence by sentence, by the English one; what is not here is shown in English. */
  readonly reasons: Readonly<Record<string, string>>;
  /** Where somebody asked for a start and nothing was started by that. */
  readonly nothingStarted: Readonly<Record<'joined' | 'askedAgain' | 'spent', string>>;
  readonly question: string;
  readonly refusals: Readonly<Record<'busy' | 'full' | 'hours' | 'maxPerDay' | 'limited' | 'unwritable' | 'closing', string>>;
  /** When to come back after a refusal. */
  comeBack(duration: string): string;
  readonly buttons: Readonly<Record<'start' | 'stop' | 'again', string>>;
  /** How a task gets onto a home screen: where, and what to do there; and what a tap does then. */
  readonly home: {
    readonly title: string;
    readonly starts: string;
    readonly asks: string;
    readonly ways: readonly (readonly [where: string, how: string])[];
  };
  readonly overview: Readonly<Record<'title' | 'never' | 'none', string>>;
  /** What the printed lines are called. */
  readonly output: string;
  /** The ways out of a page that loads itself anew, and back. */
  readonly updates: Readonly<Record<'hold' | 'resume', string>>;
  readonly admin: AdminTexts;
}
