// The texts of the admin pages that each language must have: every word and sentence.
import type { AttemptResult } from '../attempts/attempt.ts';
import type { Failure } from '../notify/delivery.ts';
import type {
  HistoryWord,
  KeysWord,
  LinksWord,
  LogWord,
  RunWord,
  SignInProblem,
  SystemWord,
  TasksWord,
  TaskWord,
} from './admin-words.ts';

/** The texts of the admin pages. Labels stand alone; sentences end with a full stop. */
export interface AdminTexts {
  readonly sections: Readonly<Record<'tasks' | 'history' | 'strangers' | 'system', string>>;
  /** The label of the links between the pages, for screen readers. */
  readonly pages: string;
  readonly signOut: string;
  /** How a run ended: the state, with the signal or the exit status. */
  bySignal(state: string, signal: string): string;
  withStatus(state: string, status: number): string;
  /** The meaning of each result of an attempt, without a capital letter. */
  readonly results: Readonly<Record<AttemptResult, string>>;
  /** How long ago something happened. */
  readonly ago: { readonly now: string; minutes(count: number): string; hours(count: number): string };
  readonly counts: Readonly<
    Record<'calls' | 'warnings' | 'daysLeft' | 'moreNetworks' | 'failed' | 'runs', (count: number) => string>
  >;
  /** How many of all tasks a search has found. */
  shownOf(shown: number, all: number): string;
  /** The orders in which the tasks can be listed. */
  readonly orders: Readonly<Record<'failed' | 'recent' | 'name' | 'config', string>>;
  /** The title of the first page while runs are under way. */
  runningTitle(title: string, count: number): string;
  readonly tasks: Readonly<Record<TasksWord, string>>;
  usually(duration: string): string;
  /** The ways in which a task of DSM is run. */
  scheduled(id: number, nas: string): string;
  triggered(nas: string): string;
  readonly task: Readonly<Record<TaskWord, string>>;
  readonly keys: Readonly<Record<KeysWord, string>>;
  readonly links: Readonly<Record<LinksWord, string>>;
  /** A button that copies, and what it says when it is done. */
  readonly copy: Readonly<Record<'button' | 'done', string>>;
  readonly busy: Readonly<Record<'join' | 'parallel' | 'queue' | 'reject', string>>;
  readonly outputs: Readonly<Record<'none' | 'tail' | 'all', string>>;
  readonly run: Readonly<Record<RunWord, string>>;
  readonly history: Readonly<Record<HistoryWord, string>>;
  /** A day as the heading of a list. */
  day(at: Date): string;
  /** The runs that are counted, if there are more. */
  lastRuns(count: number): string;
  lastCalls(count: number): string;
  /** A sum, and what it consists of. */
  sumOf(sum: string, parts: string): string;
  callsFrom(calls: number, network: string): string;
  readonly strangers: Readonly<Record<'intro' | 'empty', string>>;
  readonly system: Readonly<Record<SystemWord, string>>;
  readonly log: Readonly<Record<LogWord, string>>;
  /** Why the last notice to a receiver did not arrive. */
  readonly failedNotices: Readonly<Record<Failure['code'], string>>;
  restartFor(names: string): string;
  until(day: string): string;
  readonly signIn: Readonly<
    Record<
      'title' | 'intro' | 'account' | 'password' | 'code' | 'button' | 'inDsm' | 'signedIn' | 'toTasks',
      string
    >
  >;
  readonly signInProblems: Readonly<Record<Exclude<SignInProblem, 'too-many'>, string>>;
  /** For the problem `too-many`. */
  tooMany(wait: string): string;
  /** Messages on pages of their own: a title, and a sentence. */
  readonly messages: Readonly<
    Record<
      | 'refused'
      | 'foreign'
      | 'tooOld'
      | 'notStarted'
      | 'notHere'
      | 'noPage'
      | 'noRun'
      | 'notOurForm'
      | 'sorry'
      | 'bug',
      string
    >
  >;
}
