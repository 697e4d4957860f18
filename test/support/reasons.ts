// Reasons and refusals: each code, with each of its causes and choices.
import { answerCauses, connectionCauses, obstacles, refusalCauses } from '../../src/reasons/dsm-causes.ts';
import type { Reason, ReasonCode } from '../../src/reasons/reason.ts';
import type { Refusal } from '../../src/reasons/refusal.ts';

const tools = ['synowebapi', 'synoschedtask'] as const;
const exposed = (['program', 'interpreter'] as const).flatMap((of) =>
  (['file', 'folder', 'link'] as const).flatMap((entry) => [
    { of, entry, kind: 'foreign' as const },
    { of, entry, kind: 'writable' as const },
    { of, entry, kind: 'unknown' as const, error: 'EACCES' },
  ]),
);
const byTool = <Code extends ReasonCode>(code: Code): { code: Code; tool: (typeof tools)[number] }[] =>
  tools.map((tool) => ({ code, tool }));
const refused = [undefined, ...refusalCauses].flatMap((cause) =>
  (['call', 'sign-in'] as const).flatMap((what) =>
    (['web-api', 'synowebapi'] as const).flatMap((by) =>
      [undefined, 'attic'].map((nas) => ({
        code: 'dsm-refused' as const,
        what,
        by,
        number: 105,
        cause,
        nas,
      })),
    ),
  ),
);
const unreachable = [undefined, ...connectionCauses].map((cause) => ({
  code: 'dsm-unreachable' as const,
  error: 'ECONNREFUSED',
  cause,
}));

/** For each code, reasons with it: all causes and all choices. */
const samples: { readonly [Code in ReasonCode]: readonly Extract<Reason, { readonly code: Code }>[] } = {
  'dsm-refused': refused,
  'dsm-unreachable': unreachable,
  'dsm-odd-answer': answerCauses.map((cause) => ({ code: 'dsm-odd-answer', status: 302, cause })),
  'dsm-unclear': [{ code: 'dsm-unclear', what: 'result_list' }],
  'dsm-late': [{ code: 'dsm-late' }, { code: 'dsm-late', retryInMs: 90_000 }],
  'dsm-ends-sessions': [{ code: 'dsm-ends-sessions', retryInMs: 90_000 }],
  'tool-exposed': exposed.map((one) => ({ code: 'tool-exposed', tool: 'synowebapi', ...one })),
  'tool-missing': byTool('tool-missing'),
  'tool-not-started': [{ code: 'tool-not-started', tool: 'synowebapi', error: 'EIO' }],
  'tool-not-waited-for': byTool('tool-not-waited-for'),
  'tool-late': [{ code: 'tool-late', tool: 'synowebapi', afterMs: 30_000 }],
  'tool-silent': byTool('tool-silent'),
  'tool-wrong-way': byTool('tool-wrong-way'),
  'tool-ended': [{ code: 'tool-ended', tool: 'synowebapi', signal: 'SIGSEGV' }],
  'tool-unclear': byTool('tool-unclear'),
  'tool-failed': [{ code: 'tool-failed', tool: 'synowebapi', status: 3, needsRoot: true }],
  'tool-refused': [{ code: 'tool-refused', tool: 'synoschedtask', status: 'SIGKILL', needsRoot: false }],
  'tool-not-asked': byTool('tool-not-asked'),
  'tool-too-much': byTool('tool-too-much'),
  'no-such-scheduled-task': [{ code: 'no-such-scheduled-task' }],
  'no-such-scheduled-but-triggered-task': [{ code: 'no-such-scheduled-but-triggered-task' }],
  'no-such-triggered-task': [{ code: 'no-such-triggered-task' }],
  'task-not-permitted': [{ code: 'task-not-permitted' }],
  'no-history-any-more': [{ code: 'no-history-any-more' }],
  bug: [{ code: 'bug' }],
  'no-exit-status': [{ code: 'no-exit-status' }],
  'left-behind': [
    { code: 'left-behind', processes: ['12', '34'], areMore: true },
    { code: 'left-behind', processes: ['12'], areMore: false },
  ],
  'ended-unwatched': [{ code: 'ended-unwatched' }],
  'program-exposed': exposed.map((one) => ({ code: 'program-exposed', ...one })),
  'program-missing': [{ code: 'program-missing' }],
  'program-is-folder': [{ code: 'program-is-folder' }],
  'program-not-executable': [{ code: 'program-not-executable' }],
  'program-not-understood': [{ code: 'program-not-understood' }],
  'interpreter-missing': [{ code: 'interpreter-missing' }],
  'arguments-too-long': [{ code: 'arguments-too-long' }],
  'no-process': [{ code: 'no-process', error: 'EAGAIN' }],
  'folder-missing': [{ code: 'folder-missing' }],
  'folder-not-a-folder': [{ code: 'folder-not-a-folder' }],
  'folder-closed': [{ code: 'folder-closed' }],
  'folder-unknown': [{ code: 'folder-unknown', error: 'EIO' }],
  'could-not-record': [{ code: 'could-not-record' }],
  'could-not-record-in-turn': [{ code: 'could-not-record-in-turn' }],
  'waited-too-long': [{ code: 'waited-too-long' }],
  'stopped-before-turn': [{ code: 'stopped-before-turn' }],
  'cut-off-before-turn': [{ code: 'cut-off-before-turn' }],
  'cut-off-before-start': [{ code: 'cut-off-before-start' }],
  'worker-away': [{ code: 'worker-away' }],
  'start-expired': [{ code: 'start-expired' }],
  'too-many-runs': [{ code: 'too-many-runs' }],
  'task-removed': [{ code: 'task-removed' }],
  'task-disabled': [{ code: 'task-disabled' }],
  'task-changed': [{ code: 'task-changed' }],
  'caller-no-longer-allowed': [{ code: 'caller-no-longer-allowed' }],
  'hours-over': [{ code: 'hours-over' }],
  'max-per-day': [{ code: 'max-per-day' }],
  'task-gone': [{ code: 'task-gone' }],
  'nas-gone': [true, false].map((isEarlier) => ({ code: 'nas-gone', isEarlier })),
  'no-way-into-dsm': ['', 'attic'].map((nas) => ({
    code: 'no-way-into-dsm',
    nas,
    obstacles: [...obstacles],
    isEarlier: nas === '',
  })),
  'triggered-by-synoschedtask': [{ code: 'triggered-by-synoschedtask' }],
  'not-resumed-by-synoschedtask': [{ code: 'not-resumed-by-synoschedtask' }],
  'start-refused-by-synoschedtask': [{ code: 'start-refused-by-synoschedtask' }],
  'start-unanswered-by-synoschedtask': [{ code: 'start-unanswered-by-synoschedtask' }],
  'ended-before-asked': [{ code: 'ended-before-asked' }],
  'dsm-signal': [{ code: 'dsm-signal' }],
  'dsm-crash': [{ code: 'dsm-crash' }],
  'dsm-command-not-found': [{ code: 'dsm-command-not-found' }],
  'dsm-interrupted': [{ code: 'dsm-interrupted' }],
  'dsm-end-unclear': [{ code: 'dsm-end-unclear' }],
  'dsm-start-unanswered': [{ code: 'dsm-start-unanswered' }],
  'dsm-start-unclear': refused.map((because) => ({ code: 'dsm-start-unclear', because })),
  'dsm-start-cut-off': [{ code: 'dsm-start-cut-off' }],
  'dsm-without-history': [{ code: 'dsm-without-history' }],
  'dsm-scripts-only': [{ code: 'dsm-scripts-only' }],
  'dsm-output-not-saved': [{ code: 'dsm-output-not-saved' }],
  'dsm-run-unseen': [{ code: 'dsm-run-unseen' }],
  'dsm-end-unseen': [{ code: 'dsm-end-unseen' }],
  'dsm-end-unreported': [{ code: 'dsm-end-unreported' }],
  'dsm-end-unreported-though-started': [{ code: 'dsm-end-unreported-though-started' }],
  'dsm-end-late': [{ code: 'dsm-end-late' }],
  'dsm-end-too-late': [{ code: 'dsm-end-too-late' }],
  'dsm-run-vanished': [{ code: 'dsm-run-vanished' }],
  'dsm-runs-mixed-up': [{ code: 'dsm-runs-mixed-up' }],
  'dsm-not-asked-again': unreachable.map((because) => ({ code: 'dsm-not-asked-again', because })),
};

/** All of them. */
export const reasonSamples: readonly Reason[] = Object.values(samples).flat();

const more = { retryAfterSeconds: 90, hours: [{ from: 420, until: 1320 }] };
/** For each refusal, all that it may come with. */
export const refusalSamples: readonly Refusal[] = [
  { code: 'busy' },
  { code: 'confirm' },
  { code: 'not-stoppable' },
  { code: 'old-nonce' },
  { code: 'nothing-follows' },
  { code: 'queue-full', ...more },
  { code: 'hours', ...more },
  { code: 'max-per-day', ...more },
  { code: 'rate-limit', ...more },
  { code: 'could-not-record', ...more },
  { code: 'closing', ...more },
  { code: 'worker-away', ...more },
  { code: 'unknown-parameter', name: 'wiat', known: ['wait', 'follow'] },
  { code: 'unknown-parameter', name: 'wait', known: [] },
  { code: 'bad-parameter', name: 'wait' },
  { code: 'bad-parameter', name: 'follow' },
  { code: 'bad-parameter', name: 'after', leastMs: 600_000, mostMs: 28_800_000 },
  { code: 'repeated-parameter', name: 'wait' },
  { code: 'contradiction', between: 'follow-and-json' },
  { code: 'contradiction', between: 'wait-and-stream' },
];
