// Why DSM did not do what it was asked for, in English, with remedies.
import { renderDuration } from '../values/duration.ts';
import {
  toPlace,
  type AnswerCause,
  type ConnectionCause,
  type Obstacle,
  type Place,
  type RefusalCause,
} from './dsm-causes.ts';
import type { Exposed, Trouble, Troubles } from './reason.ts';
import { renderCoded, type Texts } from './texts.ts';

type At = (place: Place) => string;

const otherVersions: At = ({ webapi, isTool }) =>
  isTool
    ? 'try this DSM by its Web API ("via": "webapi")'
    : `this DSM may need other versions (${webapi}.versions)`;
const adaptive =
  'Where the account has none, Adaptive MFA may be asking for a second step, as it does of administrators who sign in from unknown places: switch it off for the account (Control Panel > Security > Account), or set two-factor authentication up for it';
const trust: At = ({ webapi }) =>
  `give its fingerprint as ${webapi}.fingerprint, or its authority as ${webapi}.ca`;

/** By DSM's numbers: the sign-in's and the common ones are in Synology's DSM Login Web API Guide. */
const refusals: Readonly<Record<RefusalCause, At>> = {
  'no-reason': () => 'it gives no reason; try again later',
  'call-incomplete': (at) => `the call lacks something; ${otherVersions(at)}`,
  'unknown-api': ({ webapi, isTool }) =>
    isTool
      ? 'it does not know this API; this version of DSM may have no such tasks'
      : `it does not know this API; is this DSM, and does ${webapi}.url lead to it?`,
  'unknown-method': (at) => `it does not know this method; ${otherVersions(at)}`,
  'unknown-version': (at) =>
    `it does not know this version; ${at.isTool ? otherVersions(at) : `give others in ${at.webapi}.versions`}`,
  'parameter-missing': (at) => `it misses a parameter; ${otherVersions(at)}`,
  'parameter-refused': (at) => `it does not take a parameter; ${otherVersions(at)}`,
  'not-permitted': ({ webapi, isTool }) =>
    isTool
      ? 'that may not be done; run remotetask as root'
      : `the account may not do this; put it into the group administrators, and leave ${webapi}.versions.login to its default; a virtual DSM may refuse it to every account`,
  'session-over': () => 'the session has ended',
  'session-replaced': () =>
    'another sign-in of the same account has ended the session; give remotetask an account of its own',
  'session-unknown': () => 'it does not know the session',
  'session-elsewhere': ({ webapi }) =>
    `the session belongs to another address: a name that leads over IPv4 and IPv6 by turns, or a changing address of this machine, makes DSM end it; give ${webapi}.url with an address instead of a name`,
  'session-not-permitted': ({ webapi }) =>
    `the session may not do this; leave ${webapi}.versions.login to its default`,
  'upload-failed': () => 'an upload failed',
  'upload-not-allowed': () => 'an upload is not allowed',
  unstable: () => 'its network is unstable or it is busy; try again later',
  busy: () => 'it is busy or has an internal error; try again later',
  demonstration: () => 'this is a demonstration site, where it is not allowed',
  'no-privilege': () =>
    'the account lacks the privilege for this application; allow it in Control Panel > User > Applications',
  scheduler: () => 'it cannot do this with the task; can it be run in Control Panel > Task Scheduler?',
  'wrong-credentials': ({ webapi }) =>
    `the account or the password is wrong; correct ${webapi}.account or ${webapi}.password. DSM may also say so of an address that its block list holds (Control Panel > Security > Protection), or of an account that it does not let in from here`,
  'account-disabled': () => 'the account is disabled; enable it in Control Panel > User',
  'sign-in-not-permitted': ({ webapi }) =>
    `the account may not sign in so; make it an administrator, or change ${webapi}.session`,
  'code-wrong': () => 'the one-time code is wrong; use a fresh one',
  portal: () => 'the application portal does not allow it; correct it in Control Panel > Login Portal',
  'second-factor-missing': () =>
    'two-factor authentication is enforced and not set up for the account; sign in to DSM with it once',
  'address-blocked': () =>
    'it has blocked this address after failed sign-ins; remove the address in Control Panel > Security > Protection',
  'password-expired-fixed': () =>
    'the password has expired and cannot be changed; set another in Control Panel > User',
  'password-expired': () => 'the password has expired; set another in Control Panel > User',
  'password-to-change': () => 'the password has to be changed; sign in to DSM with it once',
  'account-locked': () => 'the account is locked; unlock it in Control Panel > Security',
  'code-not-taken': () => `it does not take a one-time code as the second step. ${adaptive}`,
  'device-token-not-taken': ({ webapi, deviceToken }) =>
    `it no longer takes the device token; make a new one with ${deviceToken}, and set ${webapi}.deviceToken and the same ${webapi}.deviceName. ${adaptive}`,
  'code-wanted': ({ webapi, deviceToken }) =>
    `the account has two-factor authentication; run ${deviceToken}, and set ${webapi}.deviceToken. ${adaptive}`,
  'other-step-wanted': ({ deviceToken }) =>
    `it wants a second step that is no one-time code; set one-time codes up for the account, then run ${deviceToken}. ${adaptive}`,
};

const connections: Readonly<Record<ConnectionCause, At>> = {
  'takes-no-connections': ({ webapi }) =>
    `it takes no connections; is it starting up, and is the port of ${webapi}.url right?`,
  'broken-off': () => 'it broke the connection off',
  'no-way': () => 'there is no way to it; is it switched on?',
  'no-network': () => 'there is no way to it; is the network there?',
  silent: () => 'it does not answer; is it switched on?',
  'unknown-name': ({ webapi }) => `its name is not known; correct ${webapi}.url`,
  'name-not-looked-up': () => 'its name cannot be looked up now',
  'no-https': ({ webapi }) => `it does not speak HTTPS there; correct the port in ${webapi}.url`,
  'untrusted-certificate': (at) => `no trusted authority has signed its certificate; ${trust(at)}`,
  'expired-certificate': () =>
    'its certificate has expired; renew it in Control Panel > Security > Certificate',
  'early-certificate': () => 'its certificate is not valid yet; are the clocks right?',
  'certificate-of-other-name': (at) =>
    `its certificate is for another name; use that name in ${at.webapi}.url, or ${trust(at)}`,
  'other-certificate': ({ webapi }) =>
    `it showed another certificate than that of ${webapi}.fingerprint; if it was renewed, give the new fingerprint`,
  'ended-before': () => 'the call was ended before the answer',
  'too-slow': () => 'it took too long to answer',
  'too-large': () => 'its answer was too large',
};

const answers: Readonly<Record<AnswerCause, (status: number, place: Place) => string>> = {
  redirect: (status, { webapi }) =>
    `DSM sent the call elsewhere (HTTP ${status}): give ${webapi}.url as it is after the redirect.`,
  'not-ready': (status) => `DSM is not ready (HTTP ${status}): it may be starting up.`,
  forbidden: (status, { webapi }) =>
    `What answered is not DSM's Web API (HTTP ${status}): correct ${webapi}.url, or let this machine's address in, where an access control profile of DSM's Login Portal or of a reverse proxy does not.`,
  'not-dsm': (status, { webapi }) =>
    `What answered is not DSM's Web API (HTTP ${status}): correct ${webapi}.url.`,
};

const ends = { file: 'the file', folder: 'its folder', link: 'a link to it' } as const;

/** Which entry of a path others could change, and why: the end of a sentence. */
export function renderExposedEntry({ kind, entry, error }: Omit<Exposed, 'of'>): string {
  if (kind === 'unknown') return `${ends[entry]} cannot be looked at, ${error}`;
  return kind === 'foreign'
    ? `${ends[entry]} belongs to another user`
    : `${ends[entry]} is writable for group or others`;
}

/** Why the daemon, running as root, refuses to run a program: a sentence without a full stop. */
export function renderExposed(exposed: Exposed): string {
  const of = exposed.of === 'program' ? 'the program' : 'the interpreter of the program';
  return exposed.kind === 'unknown'
    ? `The daemon cannot see who could change ${of} (${renderExposedEntry(exposed)})`
    : `Others than root can change ${of} (${renderExposedEntry(exposed)})`;
}

/** DSM, or the NAS with a name. */
export function renderNas(name: string): string {
  return name === '' ? 'DSM' : `the NAS ${name}`;
}

/** Why tasks of DSM cannot be run by one of DSM's tools: the end of a sentence. */
export const englishObstacles: Readonly<Record<Obstacle, string>> = {
  'tools-missing': "DSM's tools are not on this machine",
  'synowebapi-missing': 'synowebapi is not on this machine',
  'synoschedtask-missing': 'synoschedtask is not on this machine',
  'synowebapi-not-executable': 'synowebapi cannot be executed',
  'synoschedtask-not-executable': 'synoschedtask cannot be executed',
  'not-root': 'the daemon is not root',
};

/** That no way leads into a NAS, and why: a sentence without a full stop. */
export function renderNoWay(nas: string, obstacles: readonly Obstacle[]): string {
  const why = [...obstacles.map((obstacle) => englishObstacles[obstacle]), 'and the config has no "webapi"'];
  return `Tasks of ${renderNas(nas)} cannot be run: ${why.join(', ')}`;
}

/** What to do then, without a full stop. */
export function renderWayRemedy(nas: string): string {
  return `Add "webapi" to "${nas === '' ? 'dsm' : `dsm.${nas}`}", or run the daemon as root on the NAS`;
}

/** The sentences about a trouble, without when the sign-in is tried again. */
export const englishTroubles: Texts<Troubles> = {
  'dsm-refused': ({ what, by, number, cause, nas }) => {
    const why =
      cause === undefined ? 'the number is not known' : refusals[cause](toPlace(nas, by === 'synowebapi'));
    return `DSM refused the ${what}: ${why} (error ${number}).`;
  },
  'dsm-unreachable': ({ error, cause, nas }) =>
    `DSM cannot be reached: ${cause === undefined ? 'the connection failed' : connections[cause](toPlace(nas))} (${error}).`,
  'dsm-odd-answer': ({ status, cause, nas }) => answers[cause](status, toPlace(nas)),
  'dsm-unclear': ({ what }) => `DSM answered in a form that is not understood (${what}).`,
  'dsm-late': () => 'DSM did not answer in time.',
  'dsm-ends-sessions': () => 'DSM keeps ending the session.',
  'tool-exposed': ({ tool, ...exposed }) => `DSM's ${tool} is not run by root. ${renderExposed(exposed)}.`,
  'tool-missing': ({ tool }) => `DSM's ${tool} is not on this machine.`,
  'tool-not-started': ({ tool, error }) => `DSM's ${tool} could not be started (${error}).`,
  'tool-not-waited-for': ({ tool }) => `DSM's ${tool} was not waited for.`,
  'tool-late': ({ tool, afterMs }) => `DSM's ${tool} did not answer within ${renderDuration(afterMs)}.`,
  'tool-silent': ({ tool }) => `DSM's ${tool} did not answer.`,
  'tool-wrong-way': ({ tool }) => `DSM's ${tool} does not take calls as they are made to DSM 6 and 7.`,
  'tool-ended': ({ tool, signal }) => `DSM's ${tool} was ended by ${signal} before it answered.`,
  'tool-unclear': ({ tool }) => `DSM's ${tool} answered in a form that is not understood.`,
  'tool-failed': ({ tool, status, needsRoot }) =>
    `DSM's ${tool} failed without an answer (${renderExit(status)})${needsRoot ? ': it has to be run as root' : ''}.`,
  'tool-refused': ({ tool, status, needsRoot }) =>
    `DSM's ${tool} refused (${renderExit(status)}).${needsRoot ? ' It has to be run as root.' : ''}`,
  'tool-not-asked': ({ tool }) => `DSM's ${tool} was not asked: the call was ended before it was its turn.`,
  'tool-too-much': ({ tool }) => `DSM's ${tool} printed more than can be read.`,
  'no-such-scheduled-task': () => 'DSM has no such scheduled task.',
  'no-such-scheduled-but-triggered-task': () =>
    'DSM has no such scheduled task: this is the number of a triggered task, which is started by its name.',
  'no-such-triggered-task': () => 'DSM has no such triggered task.',
  'task-not-permitted': () => 'DSM does not let the account run this task.',
  'no-history-any-more': () => 'DSM no longer shows a history.',
};

/** Why DSM did not do what it was asked for, in English. */
export function renderTrouble(trouble: Trouble): string {
  return renderCoded(englishTroubles, trouble) + renderSignInAgain(trouble);
}

/** When the sign-in to DSM is tried again, if a reason has that. */
export function renderSignInAgain(reason: object): string {
  return 'retryInMs' in reason && typeof reason.retryInMs === 'number'
    ? ` The sign-in is tried again in ${renderDuration(reason.retryInMs)}.`
    : '';
}

function renderExit(status: string | number): string {
  return typeof status === 'number' ? `exit status ${status}` : status;
}
