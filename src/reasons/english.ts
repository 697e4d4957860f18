// Why a run ended as it did, in English: what log and JSON show, and what the history keeps beside the code.
import {
  englishTroubles,
  renderExposed,
  renderNoWay,
  renderSignInAgain,
  renderTrouble,
  renderWayRemedy,
} from './english-dsm.ts';
import type { Reason, Reasons } from './reason.ts';
import { renderCoded, type Texts } from './texts.ts';

const saveOutput =
  'To learn it, switch on "Save output results" in DSM: Control Panel > Task Scheduler > Settings.';
const unknownEnd = (isEarlier: boolean): string => (isEarlier ? ' How the run ended is not known.' : '');

const englishReasons: Texts<Reasons> = {
  ...englishTroubles,
  bug: () => 'A mistake in remotetask: how this run ended is not known. The log says more.',
  'no-exit-status': () => 'It ended without an exit status.',
  'left-behind': ({ processes, areMore }) =>
    `Processes that made themselves independent go on: ${processes.join(', ')}${areMore ? ' and more' : ''}.`,
  'ended-unwatched': () => 'It kept running while the daemon restarted, so its exit status is unknown.',
  'program-exposed': (exposed) => `${renderExposed(exposed)}. The daemon runs as root and refuses it.`,
  'program-missing': () => 'The program does not exist.',
  'program-is-folder': () => 'The program is a folder.',
  'program-not-executable': () => 'The program is not executable (chmod +x), or may not be read.',
  'program-not-understood': () =>
    'The program is neither a binary for this machine nor a script whose first line begins with #!.',
  'interpreter-missing': () =>
    'The interpreter named in the first line of the program does not exist; has the file Windows line ends?',
  'arguments-too-long': () => 'Its arguments and environment are longer than the system allows.',
  'no-process': ({ error }) => `The system could not start another process (${error}).`,
  'folder-missing': () => 'The folder that it should run in does not exist.',
  'folder-not-a-folder': () => 'The folder that it should run in is not a folder.',
  'folder-closed': () => 'The folder that it should run in may not be entered.',
  'folder-unknown': ({ error }) => `The folder that it should run in cannot be looked at (${error}).`,
  'could-not-record': () => 'It could not be written down, and was not started.',
  'could-not-record-in-turn': () => 'It could not be written down when it was its turn, and was not started.',
  'waited-too-long': () => 'It waited too long behind an earlier run, and was not started.',
  'stopped-before-turn': () => 'The daemon was stopped before it was its turn; it was not started.',
  'cut-off-before-turn': () => 'The daemon was cut off before it was its turn; it was not started.',
  'task-removed': () => 'Its task was removed before it was its turn; it was not started.',
  'task-disabled': () => 'Its task was switched off before it was its turn; it was not started.',
  'cut-off-before-start': () => 'The daemon was cut off before it was started.',
  'worker-away': () => 'The worker was away; it was not started.',
  'start-expired': () => 'Its start reached the worker too late; it was not started.',
  'too-many-runs': () => 'Too many runs are under way; it was not started.',
  'task-changed': () => 'Its task was changed before it was its turn; it was not started.',
  'caller-no-longer-allowed': () =>
    'Its caller could no longer start it when it was its turn; it was not started.',
  'hours-over': () => 'Its hours were over before it was its turn; it was not started.',
  'max-per-day': () =>
    'Its task had been started as often as it may be within a day before it was its turn; it was not started.',
  'task-gone': () =>
    'The daemon was started again, and the config no longer has this task: how it ended is not known.',
  'nas-gone': ({ isEarlier }) => `The config no longer names the NAS of this task.${unknownEnd(isEarlier)}`,
  'no-way-into-dsm': ({ nas, obstacles, isEarlier }) =>
    `${renderNoWay(nas, obstacles)}. ${renderWayRemedy(nas)}.${unknownEnd(isEarlier)}`,
  'triggered-by-synoschedtask': () =>
    'Triggered tasks cannot be started by synoschedtask, the only way into DSM that is there; they need its synowebapi, or its Web API (dsm.webapi).',
  'not-resumed-by-synoschedtask': () =>
    `The daemon was started again, and synoschedtask, the only way into DSM that is there now, does not tell of earlier runs.${unknownEnd(true)}`,
  'start-refused-by-synoschedtask': () => "DSM's synoschedtask reported an error and did not start the task.",
  'start-unanswered-by-synoschedtask': () =>
    "DSM's synoschedtask did not answer in time: whether the task was started is not known.",
  'ended-before-asked': () => 'It was ended before DSM was asked to start it.',
  'dsm-signal': () => 'DSM says that a signal ended it.',
  'dsm-crash': () => 'DSM says that it crashed.',
  'dsm-command-not-found': () =>
    'DSM says that it was interrupted: most likely a command was not found (exit status 127).',
  'dsm-interrupted': () => 'DSM says that it was interrupted.',
  'dsm-end-unclear': () => 'DSM says that it ended, but not how.',
  'dsm-start-unanswered': () => 'DSM did not answer: whether the task was started is not known.',
  'dsm-start-unclear': ({ because }) =>
    `${renderTrouble(because)} Whether the task was started is not known.`,
  'dsm-start-cut-off': () =>
    'The daemon was cut off while it asked DSM to start the task: whether it was started is not known.',
  'dsm-without-history': () =>
    'DSM took the start, but this version of DSM does not report how the task ended.',
  'dsm-scripts-only': () => 'DSM took the start. It reports how a task ended of user-defined scripts only.',
  'dsm-output-not-saved': () => `DSM took the start, but does not report how the task ended. ${saveOutput}`,
  'dsm-run-unseen': () => 'DSM took the start, but its history shows no run of the task in time.',
  'dsm-end-unseen': () =>
    `DSM showed that the task ran and has ended, but does not report how. ${saveOutput}`,
  'dsm-end-unreported': () => 'DSM took the start, but does not report how the task ended.',
  'dsm-end-unreported-though-started': () => 'DSM started the task, but does not report how it ended.',
  'dsm-end-late': () =>
    'DSM started the task and did not report its end in time. It may still be running: DSM offers no way to stop it.',
  'dsm-end-too-late': () => 'DSM started the task and has not reported its end for a day.',
  'dsm-run-vanished': () => 'DSM started the task, but its history no longer shows that run.',
  'dsm-runs-mixed-up': () =>
    'DSM ran the task more than once at the same moment, with different ends, and does not tell which run is this one.',
  'dsm-not-asked-again': ({ because }) =>
    `DSM started the task, and can no longer be asked how it ended. ${renderTrouble(because)}`,
};

/** A reason in English. */
export function renderReason(reason: Reason): string {
  return renderCoded(englishReasons, reason) + renderSignInAgain(reason);
}
