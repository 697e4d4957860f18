// The parts of a call of DSM's Web API, and its result.
import { explain } from '../outcome.ts';
import type { Trouble } from '../reasons/reason.ts';
import { toFirstLines } from '../untrusted-text.ts';

/** A call in the form for one version. */
export interface CallForm {
  readonly version: number;
  /** The form is for DSMs that offer at least this version of the API. */
  readonly from?: number;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A call; the first form that fits the DSM is used. */
export interface DsmRequest {
  readonly api: string;
  readonly method: string;
  readonly forms: readonly CallForm[];
}

/** The first form that a DSM accepts, given its newest version of the API. */
export function findForm({ forms }: DsmRequest, newestVersion: number): CallForm | undefined {
  return forms.find(({ version, from = version }) => newestVersion >= from);
}

/** DSM refused the call. */
export interface Refused {
  readonly kind: 'refused';
  /** DSM's error number. */
  readonly code: number;
  readonly reason: string;
  /** The same as a code with its parameters. */
  readonly why: Trouble;
  /** What DSM accepts as the second step of a sign-in, if it reports that: `otp`, `authenticator`, `fido`. */
  readonly secondSteps?: readonly string[];
}

/** DSM did not answer. */
export interface Unanswered {
  readonly kind: 'unanswered';
  readonly reason: string;
  readonly why: Trouble;
  /** Whether DSM may have done what was requested. */
  readonly mayHaveActed: boolean;
  /** Whether the trouble lasts until the owner fixes it. */
  readonly isLasting: boolean;
  /** The first lines of an answer that is not understood: for the operator, not for callers. */
  readonly lines?: readonly string[];
}

/** The result of a call. Reasons are sentences for people, without account, password, session and token. */
export type DsmAnswer = { readonly kind: 'answered'; readonly data: unknown } | Refused | Unanswered;

/** Makes a call. */
export type CallDsm = (request: DsmRequest, stop: AbortSignal) => Promise<DsmAnswer>;

/** A client that makes calls until it is closed. */
export interface DsmCaller {
  readonly call: CallDsm;
  readonly close: () => Promise<void>;
}

/** The result for an answer with an unexpected shape; `cameInstead` is shown to the operator, unless it may contain a secret. */
export function toUnclear(what: string, cameInstead?: { readonly data: unknown }): Unanswered {
  return {
    kind: 'unanswered',
    ...explain({ code: 'dsm-unclear', what }),
    mayHaveActed: true,
    isLasting: false,
    ...(cameInstead === undefined
      ? {}
      : { lines: toFirstLines(JSON.stringify(cameInstead.data, null, 2) ?? '(no data)') }),
  };
}

/** The same answer of the NAS with a name, whose place in the config its reason then names. */
export function ofNas<Answer extends Refused | Unanswered>(nas: string, answer: Answer): Answer {
  return nas === '' ? answer : { ...answer, ...explain({ ...answer.why, nas }) };
}
