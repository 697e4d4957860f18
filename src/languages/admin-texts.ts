// The texts of the admin pages that each language must have: every word and sentence.
import type { AttemptResult } from '../attempts/attempt.ts';
import type { Failure } from '../notify/delivery.ts';

/** Why a visitor is not signed in. */
export type SignInProblem =
  | 'session-over'
  | 'not-in-dsm'
  | 'account-missing'
  | 'password-missing'
  | 'digits-needed'
  | 'wrong-credentials'
  | 'wrong-password'
  | 'not-administrator'
  | 'not-proven'
  | 'disabled'
  | 'not-allowed'
  | 'locked'
  | 'blocked'
  | 'password-expired'
  | 'second-factor-needed'
  | 'code-needed'
  | 'code-wrong'
  | 'silent'
  | 'too-many-at-once'
  | 'too-many';

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
    Record<'calls' | 'warnings' | 'daysLeft' | 'moreNetworks', (count: number) => string>
  >;
  /** The title of the first page while runs are under way. */
  runningTitle(title: string, count: number): string;
  readonly tasks: Readonly<
    Record<'empty' | 'live' | 'all' | 'never' | 'off' | 'run' | 'runAgain' | 'stop' | 'more', string>
  >;
  usually(duration: string): string;
  /** The ways in which a task of DSM is run. */
  scheduled(id: number, nas: string): string;
  triggered(nas: string): string;
  readonly task: Readonly<
    Record<
      | 'runBy'
      | 'id'
      | 'usually'
      | 'runs'
      | 'notEnabled'
      | 'asksFirst'
      | 'asksCallers'
      | 'allow'
      | 'hours'
      | 'maxPerDay'
      | 'timeout'
      | 'whenBusy'
      | 'output'
      | 'address'
      | 'lastRuns'
      | 'neverStarted'
      | 'allRuns'
      | 'addressIsKey'
      | 'showAddress'
      | 'keysHidden'
      | 'qrCode'
      | 'forScript'
      | 'base'
      | 'showWithBase'
      | 'gone'
      | 'configUnreadable',
      string
    >
  >;
  readonly busy: Readonly<Record<'join' | 'parallel' | 'queue' | 'reject', string>>;
  readonly outputs: Readonly<Record<'none' | 'tail' | 'all', string>>;
  readonly run: Readonly<
    Record<
      | 'took'
      | 'elapsed'
      | 'accepted'
      | 'waited'
      | 'label'
      | 'noLabel'
      | 'from'
      | 'run'
      | 'reason'
      | 'task'
      | 'outputHidden'
      | 'outputEmpty',
      string
    >
  >;
  /** Shown in brackets in place of hidden output. */
  bytesBefore(count: string): string;
  bytesSkipped(count: string): string;
  readonly history: Readonly<
    Record<
      | 'what'
      | 'runs'
      | 'attempts'
      | 'nothing'
      | 'nothingYet'
      | 'newest'
      | 'older'
      | 'outcome'
      | 'result'
      | 'task'
      | 'network'
      | 'label'
      | 'text'
      | 'all'
      | 'filter'
      | 'aRun'
      | 'noNetwork'
      | 'noResult',
      string
    >
  >;
  callsFrom(calls: number, network: string): string;
  readonly strangers: Readonly<Record<'intro' | 'empty', string>>;
  readonly system: Readonly<
    Record<
      | 'well'
      | 'config'
      | 'file'
      | 'takenAt'
      | 'since'
      | 'lastGood'
      | 'dsmUnused'
      | 'ok'
      | 'unused'
      | 'failing'
      | 'notices'
      | 'noReceivers'
      | 'nothingSent'
      | 'arrived'
      | 'answered'
      | 'sendTest'
      | 'certificates'
      | 'noCertificates'
      | 'expired'
      | 'versions'
      | 'system'
      | 'up',
      string
    >
  >;
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
