// DSM's error numbers and connection errors: what each means for what is done next, and its cause.
import type { AnswerCause, ConnectionCause, RefusalCause } from '../reasons/dsm-causes.ts';
import type { Trouble } from '../reasons/reason.ts';
import type { Refused } from './call.ts';
import { ownCodes } from './http.ts';

/** The meaning of a number: its cause, and what follows from it. */
interface Meaning {
  readonly cause: RefusalCause;
  /** A new sign-in helps; DSM gives no reason or failed during the work, and may have acted; DSM has no such call. */
  readonly is?: 'session-over' | 'uncertain' | 'not-there';
}

/** The numbers of every API: Synology's DSM Login Web API Guide. */
const common: Readonly<Record<number, Meaning>> = {
  100: { cause: 'no-reason', is: 'uncertain' },
  101: { cause: 'call-incomplete' },
  102: { cause: 'unknown-api', is: 'not-there' },
  103: { cause: 'unknown-method', is: 'not-there' },
  104: { cause: 'unknown-version', is: 'not-there' },
  105: { cause: 'not-permitted' },
  106: { cause: 'session-over', is: 'session-over' },
  107: { cause: 'session-replaced', is: 'session-over' },
  108: { cause: 'upload-failed' },
  109: { cause: 'unstable', is: 'uncertain' },
  110: { cause: 'unstable', is: 'uncertain' },
  111: { cause: 'unstable', is: 'uncertain' },
  114: { cause: 'parameter-missing' },
  115: { cause: 'upload-not-allowed' },
  116: { cause: 'demonstration' },
  117: { cause: 'busy', is: 'uncertain' },
  118: { cause: 'unstable', is: 'uncertain' },
  119: { cause: 'session-unknown', is: 'session-over' },
  120: { cause: 'parameter-refused' },
  150: { cause: 'session-elsewhere', is: 'session-over' },
  160: { cause: 'no-privilege' },
  402: { cause: 'session-not-permitted' },
  // The task scheduler's only error, for whatever is wrong with a task.
  4800: { cause: 'scheduler' },
};

/** The numbers of SYNO.API.Auth: the same guide. */
const signIn: Readonly<Record<number, RefusalCause>> = {
  400: 'wrong-credentials',
  401: 'account-disabled',
  402: 'sign-in-not-permitted',
  404: 'code-wrong',
  405: 'portal',
  406: 'second-factor-missing',
  407: 'address-blocked',
  408: 'password-expired-fixed',
  409: 'password-expired',
  410: 'password-to-change',
  411: 'account-locked',
};
const secondStepWanted = 403;

const untrusted = { cause: 'untrusted-certificate', isLasting: true } as const;
const noHttps = { cause: 'no-https', isLasting: true } as const;

/** Error codes of Node and OpenSSL, and our own; `isLasting`: until the owner fixes the cause. */
const onTheWay: Readonly<Record<string, { readonly cause: ConnectionCause; readonly isLasting?: boolean }>> =
  {
    ECONNREFUSED: { cause: 'takes-no-connections' },
    ECONNRESET: { cause: 'broken-off' },
    EPIPE: { cause: 'broken-off' },
    EHOSTUNREACH: { cause: 'no-way' },
    ENETUNREACH: { cause: 'no-network' },
    ETIMEDOUT: { cause: 'silent' },
    ENOTFOUND: { cause: 'unknown-name' },
    EAI_AGAIN: { cause: 'name-not-looked-up' },
    EPROTO: noHttps,
    ERR_SSL_WRONG_VERSION_NUMBER: noHttps,
    ERR_SSL_PACKET_LENGTH_TOO_LONG: noHttps,
    DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
    SELF_SIGNED_CERT_IN_CHAIN: untrusted,
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
    UNABLE_TO_GET_ISSUER_CERT: untrusted,
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
    CERT_HAS_EXPIRED: { cause: 'expired-certificate', isLasting: true },
    CERT_NOT_YET_VALID: { cause: 'early-certificate', isLasting: true },
    ERR_TLS_CERT_ALTNAME_INVALID: { cause: 'certificate-of-other-name', isLasting: true },
    [ownCodes.otherCertificate]: { cause: 'other-certificate', isLasting: true },
    [ownCodes.stopped]: { cause: 'ended-before' },
    [ownCodes.timeout]: { cause: 'too-slow' },
    [ownCodes.tooLarge]: { cause: 'too-large' },
  };

/** Whether a connection error lasts until the owner fixes the cause. */
export function isLastingTrouble(code: string): boolean {
  return onTheWay[code]?.isLasting === true;
}

/** Why DSM refused a call of an API. */
export function toRefusal(api: string, number: number): Trouble {
  const isSignIn = api === 'SYNO.API.Auth';
  return refuse(
    isSignIn ? 'sign-in' : 'call',
    number,
    (isSignIn ? signIn[number] : undefined) ?? common[number]?.cause,
  );
}

/** Why DSM refused a sign-in with `shown` besides the password. With 403 it requires a second step. */
export function toSignInRefusal(
  { code, why, secondSteps }: Refused,
  shown: 'code' | 'device-token' | undefined,
): Trouble {
  if (code !== secondStepWanted) return why;
  const isCodeTaken = secondSteps === undefined || secondSteps.length === 0 || secondSteps.includes('otp');
  const whenNothingShown = isCodeTaken ? 'code-wanted' : 'other-step-wanted';
  const whenShown = { code: 'code-not-taken', 'device-token': 'device-token-not-taken' } as const;
  return refuse('sign-in', code, shown === undefined ? whenNothingShown : whenShown[shown]);
}

/** The same for a call by DSM's tool synowebapi. */
export function toLocalRefusal(number: number): Trouble {
  return { ...refuse('call', number, common[number]?.cause), by: 'synowebapi' };
}

function refuse(
  what: 'call' | 'sign-in',
  number: number,
  cause: RefusalCause | undefined,
): Extract<Trouble, { readonly code: 'dsm-refused' }> {
  return { code: 'dsm-refused', what, by: 'web-api', number, cause };
}

/** Why there was no answer, by the code of the connection's error. */
export function toNoAnswer(error: string): Trouble {
  return { code: 'dsm-unreachable', error, cause: onTheWay[error]?.cause };
}

/** What is wrong with an answer that does not come from the Web API. */
export function toOddAnswer(status: number): Trouble {
  return { code: 'dsm-odd-answer', status, cause: toAnswerCause(status) };
}

function toAnswerCause(status: number): AnswerCause {
  if (status >= 300 && status < 400) return 'redirect';
  if (status >= 500) return 'not-ready';
  return status === 403 ? 'forbidden' : 'not-dsm';
}

/** Whether a number means that the session is over and a new sign-in helps. */
export function isSessionOver(code: number): boolean {
  return common[code]?.is === 'session-over';
}

/** Whether a number of the sign-in means that the same credentials will be refused again, and counted against us. */
export function isSignInHopeless(code: number): boolean {
  return code in signIn || code === secondStepWanted;
}

/** Whether a number is about a temporary state or the session, so that the same call may work later. */
export function isOfTheMoment(code: number): boolean {
  return isSessionOver(code) || mayHaveActedDespite(code);
}

/** Whether a number means that this DSM has no such API, method or version. */
export function isNotThere(code: number): boolean {
  return common[code]?.is === 'not-there';
}

/** Whether DSM may have done what it refused with a number: it gives no reason, or something failed during the work. */
export function mayHaveActedDespite(code: number): boolean {
  return common[code]?.is === 'uncertain';
}
