// Explains DSM's error numbers and connection errors, as sentences with remedies.
import type { Refused } from './call.ts';
import { ownCodes } from './http.ts';

/** The errors of every API: Synology's DSM Login Web API Guide. */
const common: Readonly<Record<number, string>> = {
  100: 'it gives no reason; try again later',
  101: 'the call lacks something; this DSM may need other versions (dsm.webapi.versions)',
  102: 'it does not know this API; is this DSM, and does dsm.webapi.url lead to it?',
  103: 'it does not know this method; this DSM may need other versions (dsm.webapi.versions)',
  104: 'it does not know this version; give others in dsm.webapi.versions',
  105: 'the account may not do this; put it into the group administrators, and leave dsm.webapi.versions.login to its default; a virtual DSM may refuse it to everybody',
  106: 'the session has ended',
  107: 'another sign-in of the same account has ended the session; give remotetask an account of its own',
  108: 'an upload failed',
  109: 'its network is unstable or it is busy; try again later',
  110: 'its network is unstable or it is busy; try again later',
  111: 'its network is unstable or it is busy; try again later',
  114: 'it misses a parameter; this DSM may need other versions (dsm.webapi.versions)',
  115: 'an upload is not allowed',
  116: 'this is a demonstration site, where it is not allowed',
  117: 'it is busy or has an internal error; try again later',
  118: 'its network is unstable or it is busy; try again later',
  119: 'it does not know the session',
  120: 'it does not take a parameter; this DSM may need other versions (dsm.webapi.versions)',
  150: 'the session belongs to another address: a name that leads over IPv4 and IPv6 by turns, or a changing address of this machine, makes DSM end it; give dsm.webapi.url with an address instead of a name',
  402: 'the session may not do this; leave dsm.webapi.versions.login to its default',
  160: 'the account lacks the privilege for this application; allow it in Control Panel > User > Applications',
};

const byWebApi = 'try this DSM by its Web API ("via": "webapi")';

/** The same numbers for DSM's tool synowebapi, which has neither account nor settings. */
const local: Readonly<Record<number, string>> = {
  101: `the call lacks something; ${byWebApi}`,
  102: 'it does not know this API; this version of DSM may have no such tasks',
  103: `it does not know this method; ${byWebApi}`,
  104: `it does not know this version; ${byWebApi}`,
  105: 'that may not be done; run remotetask as root',
  114: `it misses a parameter; ${byWebApi}`,
  120: `it does not take a parameter; ${byWebApi}`,
};

/** The errors of SYNO.API.Auth: the same guide. */
const signIn: Readonly<Record<number, string>> = {
  400: 'the account or the password is wrong; correct dsm.webapi.account or dsm.webapi.password. DSM may also say so of an address that its block list holds (Control Panel > Security > Protection), or of an account that it does not let in from here',
  401: 'the account is disabled; enable it in Control Panel > User',
  402: 'the account may not sign in so; make it an administrator, or change dsm.webapi.session',
  404: 'the one-time code is wrong; use a fresh one',
  405: 'the application portal does not allow it; correct it in Control Panel > Login Portal',
  406: 'two-factor authentication is enforced and not set up for the account; sign in to DSM with it once',
  407: 'it has blocked this address after failed sign-ins; remove the address in Control Panel > Security > Protection',
  408: 'the password has expired and cannot be changed; set another in Control Panel > User',
  409: 'the password has expired; set another in Control Panel > User',
  410: 'the password has to be changed; sign in to DSM with it once',
  411: 'the account is locked; unlock it in Control Panel > Security',
};

/** The task scheduler's only error, for whatever is wrong with a task. */
const taskScheduler: Readonly<Record<number, string>> = {
  4800: 'it cannot do this with the task; can it be run in Control Panel > Task Scheduler?',
};

const certificate = 'give its fingerprint as dsm.webapi.fingerprint, or its authority as dsm.webapi.ca';
const noTrust = `its certificate is signed by nobody who is trusted; ${certificate}`;

/** Error codes of Node and OpenSSL, and our own. */
const onTheWay: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'it takes no connections; is it starting up, and is the port of dsm.webapi.url right?',
  ECONNRESET: 'it broke the connection off',
  EPIPE: 'it broke the connection off',
  EHOSTUNREACH: 'there is no way to it; is it switched on?',
  ENETUNREACH: 'there is no way to it; is the network there?',
  ETIMEDOUT: 'it does not answer; is it switched on?',
  ENOTFOUND: 'its name is not known; correct dsm.webapi.url',
  EAI_AGAIN: 'its name cannot be looked up now',
  EPROTO: 'it does not speak HTTPS there; correct the port in dsm.webapi.url',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak HTTPS there; correct the port in dsm.webapi.url',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak HTTPS there; correct the port in dsm.webapi.url',
  DEPTH_ZERO_SELF_SIGNED_CERT: noTrust,
  SELF_SIGNED_CERT_IN_CHAIN: noTrust,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: noTrust,
  UNABLE_TO_GET_ISSUER_CERT: noTrust,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: noTrust,
  CERT_HAS_EXPIRED: 'its certificate has expired; renew it in Control Panel > Security > Certificate',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet; are the clocks right?',
  ERR_TLS_CERT_ALTNAME_INVALID: `its certificate is for another name; use that name in dsm.webapi.url, or ${certificate}`,
  [ownCodes.otherCertificate]:
    'it showed another certificate than that of dsm.webapi.fingerprint; if it was renewed, give the new fingerprint',
  [ownCodes.stopped]: 'the call was ended before the answer',
  [ownCodes.timeout]: 'it took too long to answer',
  [ownCodes.tooLarge]: 'its answer was too large',
};

/** Errors that last until the owner fixes the cause. */
const lasting: ReadonlySet<string> = new Set(
  Object.entries(onTheWay).flatMap(([code, text]) => (/certificate|HTTPS/.test(text) ? [code] : [])),
);

/** Whether a connection error lasts until the owner fixes the cause. */
export function isLastingTrouble(code: string): boolean {
  return lasting.has(code);
}

/** Why DSM refused a call of an API, as a sentence. */
export function explainRefusal(api: string, code: number): string {
  return api === 'SYNO.API.Auth'
    ? renderRefusal('the sign-in', signIn[code] ?? common[code], code)
    : renderRefusal('the call', taskScheduler[code] ?? common[code], code);
}

const adaptive =
  'Where the account has none, Adaptive MFA may be asking for a second step, as it does of administrators who sign in from unknown places: switch it off for the account (Control Panel > Security > Account), or set two-factor authentication up for it';

/** Why DSM refused a sign-in with `shown` besides the password, as a sentence. With 403 it requires a second step. */
export function explainSignInRefusal(
  { code, reason, secondSteps }: Refused,
  shown: 'code' | 'device-token' | undefined,
): string {
  if (code !== 403) return reason;
  const isCodeTaken = secondSteps === undefined || secondSteps.length === 0 || secondSteps.includes('otp');
  const why =
    shown === 'code'
      ? `it does not take a one-time code as the second step. ${adaptive}`
      : shown === 'device-token'
        ? `it no longer takes the device token; make a new one with \`remotetask device-token\`, and set dsm.webapi.deviceToken and the same dsm.webapi.deviceName. ${adaptive}`
        : isCodeTaken
          ? `the account has two-factor authentication; run \`remotetask device-token\`, and set dsm.webapi.deviceToken. ${adaptive}`
          : `it wants a second step that is no one-time code; set one-time codes up for the account, then run \`remotetask device-token\`. ${adaptive}`;
  return renderRefusal('the sign-in', why, code);
}

/** The same for a call by DSM's tool synowebapi. */
export function explainLocalRefusal(code: number): string {
  return renderRefusal('the call', taskScheduler[code] ?? local[code] ?? common[code], code);
}

function renderRefusal(what: string, why: string | undefined, code: number): string {
  return `DSM refused ${what}: ${why ?? 'the number is not known'} (error ${code}).`;
}

/** Why there was no answer, as a sentence. */
export function explainNoAnswer(code: string): string {
  return `DSM cannot be reached: ${onTheWay[code] ?? 'the connection failed'} (${code}).`;
}

/** A sentence for an answer that does not come from the Web API. */
export function explainOddAnswer(status: number): string {
  if (status >= 300 && status < 400)
    return `DSM sent the call elsewhere (HTTP ${status}): give dsm.webapi.url as it is after the redirect.`;
  if (status >= 500) return `DSM is not ready (HTTP ${status}): it may be starting up.`;
  if (status === 403)
    return `What answered is not DSM's Web API (HTTP 403): correct dsm.webapi.url, or let this machine's address in, where an access control profile of DSM's Login Portal or of a reverse proxy does not.`;
  return `What answered is not DSM's Web API (HTTP ${status}): correct dsm.webapi.url.`;
}

/** Whether a number means that the session is over and a new sign-in helps. */
export function isSessionOver(code: number): boolean {
  return [106, 107, 119, 150].includes(code);
}

/** Whether a number of the sign-in means that the same credentials will be refused again, and counted against us. */
export function isSignInHopeless(code: number): boolean {
  return code >= 400 && code <= 411;
}

/** Whether a number is about a temporary state or the session, so that the same call may work later. */
export function isOfTheMoment(code: number): boolean {
  return isSessionOver(code) || mayHaveActedDespite(code);
}

/** Whether a number means that this DSM has no such API, method or version. */
export function isNotThere(code: number): boolean {
  return [102, 103, 104].includes(code);
}

/** Whether DSM may have done what it refused with a number: it gives no reason, or something failed during the work. */
export function mayHaveActedDespite(code: number): boolean {
  return [100, 109, 110, 111, 117, 118].includes(code);
}

/** A sentence of this file for a NAS with a name: replaces the places in the config and the command by those of that NAS. */
export function renderForNas(name: string, sentence: string): string {
  if (name === '') return sentence;
  return sentence
    .replaceAll('dsm.webapi', `dsm.${name}.webapi`)
    .replaceAll('`remotetask device-token`', `\`remotetask device-token ${name}\``);
}
