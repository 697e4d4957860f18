// What a call of DSM's Web API is made of, and what comes of it.
import { toFirstLines } from '../untrusted-text.ts';

/** A call in the form that one version takes. */
export interface CallForm {
  readonly version: number;
  /** The form is for DSMs that offer this version of the API at least. */
  readonly from?: number;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A call; the first form that fits the DSM is used. */
export interface DsmRequest {
  readonly api: string;
  readonly method: string;
  readonly forms: readonly CallForm[];
}

/** The first form that a DSM takes whose newest version of the API is this. */
export function findForm({ forms }: DsmRequest, newestVersion: number): CallForm | undefined {
  return forms.find(({ version, from = version }) => newestVersion >= from);
}

/** DSM said no. */
export interface Refused {
  readonly kind: 'refused';
  /** DSM's number of the error. */
  readonly code: number;
  readonly reason: string;
  /** What DSM takes as the second step of a sign-in, where it says so: `otp`, `authenticator`, `fido`. */
  readonly secondSteps?: readonly string[];
}

/** DSM did not say anything. */
export interface Unanswered {
  readonly kind: 'unanswered';
  readonly reason: string;
  /** Whether DSM may have done what it was asked for. */
  readonly mayHaveActed: boolean;
  /** Whether it will be so until somebody mends it. */
  readonly isLasting: boolean;
  /** The first lines of what is not understood: for the operator, not for callers. */
  readonly lines?: readonly string[];
}

/** What came of a call. Reasons are sentences for people, without account, password, session and token. */
export type DsmAnswer = { readonly kind: 'answered'; readonly data: unknown } | Refused | Unanswered;

/** Makes a call. */
export type CallDsm = (request: DsmRequest, stop: AbortSignal) => Promise<DsmAnswer>;

/** What makes calls, until it is closed. */
export interface DsmCaller {
  readonly call: CallDsm;
  readonly close: () => Promise<void>;
}

/** An answer whose shape is not that of the call; `cameInstead` is told to the operator, unless it may hold something secret. */
export function toUnclear(what: string, cameInstead?: { readonly data: unknown }): Unanswered {
  return {
    kind: 'unanswered',
    reason: `DSM answered in a form that is not understood (${what}).`,
    mayHaveActed: true,
    isLasting: false,
    ...(cameInstead === undefined ? {} : { lines: toFirstLines(JSON.stringify(cameInstead.data, null, 2) ?? '(no data)') }),
  };
}
