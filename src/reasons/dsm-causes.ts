// What is wrong with DSM, as far as its numbers and the errors of connections show it.
import { quoteWord } from '../called.ts';

/** Why DSM refused a call or a sign-in. */
export const refusalCauses = [
  'no-reason',
  'call-incomplete',
  'unknown-api',
  'unknown-method',
  'unknown-version',
  'parameter-missing',
  'parameter-refused',
  'not-permitted',
  'session-over',
  'session-replaced',
  'session-unknown',
  'session-elsewhere',
  'session-not-permitted',
  'upload-failed',
  'upload-not-allowed',
  'unstable',
  'busy',
  'demonstration',
  'no-privilege',
  'scheduler',
  'wrong-credentials',
  'account-disabled',
  'sign-in-not-permitted',
  'code-wrong',
  'portal',
  'second-factor-missing',
  'address-blocked',
  'password-expired-fixed',
  'password-expired',
  'password-to-change',
  'account-locked',
  'code-not-taken',
  'device-token-not-taken',
  'code-wanted',
  'other-step-wanted',
] as const;
export type RefusalCause = (typeof refusalCauses)[number];

/** Why DSM cannot be reached. */
export const connectionCauses = [
  'takes-no-connections',
  'broken-off',
  'no-way',
  'no-network',
  'silent',
  'unknown-name',
  'name-not-looked-up',
  'no-https',
  'untrusted-certificate',
  'expired-certificate',
  'early-certificate',
  'certificate-of-other-name',
  'other-certificate',
  'ended-before',
  'too-slow',
  'too-large',
] as const;
export type ConnectionCause = (typeof connectionCauses)[number];

/** Why an answer is not one of DSM's Web API. */
export const answerCauses = ['redirect', 'not-ready', 'forbidden', 'not-dsm'] as const;
export type AnswerCause = (typeof answerCauses)[number];

/** Why tasks of DSM cannot be run on this machine by DSM's tools. */
export const obstacles = [
  'tools-missing',
  'synowebapi-missing',
  'synoschedtask-missing',
  'synowebapi-not-executable',
  'synoschedtask-not-executable',
  'not-root',
] as const;
export type Obstacle = (typeof obstacles)[number];

/** Where the owner can correct something about a NAS. */
export interface Place {
  /** The options of its Web API in the config: `dsm.webapi`. */
  readonly webapi: string;
  /** The command that makes its device token; without the program's path, since callers see the reasons of runs. */
  readonly deviceToken: string;
  /** Whether DSM was called by its tool, which has neither account nor options. */
  readonly isTool: boolean;
}

/** The place of a NAS; `nas` is undefined or '' if the config gives it no name. */
export function toPlace(nas: string | undefined, isTool = false): Place {
  return nas === undefined || nas === ''
    ? { webapi: 'dsm.webapi', deviceToken: '`remotetask device-token`', isTool }
    : { webapi: `dsm.${nas}.webapi`, deviceToken: `\`remotetask device-token ${quoteWord(nas)}\``, isTool };
}
