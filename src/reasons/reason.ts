// Why a run ended as it did, and why DSM did not do what it was asked for: codes with their parameters.
import * as z from 'zod';
import { answerCauses, connectionCauses, obstacles, refusalCauses } from './dsm-causes.ts';
import type { Coded } from './texts.ts';

type Shape = Readonly<Record<string, z.ZodType>>;
type Parameters<Of extends Shape> = keyof Of extends never ? object : z.infer<z.ZodObject<Of>>;

/** What could let others change a program that root would run. */
const exposure = {
  of: z.enum(['program', 'interpreter']),
  kind: z.enum(['foreign', 'writable', 'unknown']),
  entry: z.enum(['file', 'folder', 'link']),
  /** The system's error code, for `unknown`. */
  error: z.string().optional(),
};
export type Exposed = Parameters<typeof exposure>;

/** Which NAS it is about (undefined if the config gives it no name), and when its sign-in is tried again. */
const ofNas = { nas: z.string().optional(), retryInMs: z.number().optional() };
const tool = { tool: z.enum(['synowebapi', 'synoschedtask']), ...ofNas };
/** How a tool ended: its exit status, or the signal; and whether it has to be run as root. */
const exit = { status: z.union([z.number(), z.string()]), needsRoot: z.boolean() };

/** Why DSM did not do what it was asked for. */
const troubles = {
  'dsm-refused': {
    what: z.enum(['call', 'sign-in']),
    by: z.enum(['web-api', 'synowebapi']),
    /** DSM's number. */
    number: z.number(),
    /** Undefined for a number that is not known. */
    cause: z.enum(refusalCauses).optional(),
    ...ofNas,
  },
  'dsm-unreachable': { error: z.string(), cause: z.enum(connectionCauses).optional(), ...ofNas },
  'dsm-odd-answer': { status: z.number(), cause: z.enum(answerCauses), ...ofNas },
  'dsm-unclear': { what: z.string(), ...ofNas },
  'dsm-late': ofNas,
  'dsm-ends-sessions': ofNas,
  'tool-exposed': { ...tool, ...exposure },
  'tool-missing': tool,
  'tool-not-started': { ...tool, error: z.string() },
  'tool-not-waited-for': tool,
  'tool-late': { ...tool, afterMs: z.number() },
  'tool-silent': tool,
  'tool-wrong-way': tool,
  'tool-ended': { ...tool, signal: z.string() },
  'tool-unclear': tool,
  'tool-failed': { ...tool, ...exit },
  'tool-refused': { ...tool, ...exit },
  'tool-not-asked': tool,
  'tool-too-much': tool,
  'no-such-scheduled-task': ofNas,
  'no-such-scheduled-but-triggered-task': ofNas,
  'no-such-triggered-task': ofNas,
  'task-not-permitted': ofNas,
  'no-history-any-more': ofNas,
};
export type Troubles = { readonly [Code in keyof typeof troubles]: Parameters<(typeof troubles)[Code]> };
export type Trouble = Coded<Troubles>;

const none = {};
const because = { because: z.custom<Trouble>((value) => fits(troubles, value)) };
/** For a run that an earlier daemon started: how it ended is not known then. */
const earlier = { isEarlier: z.boolean() };

/** Why a run ended as it did. */
const reasons = {
  ...troubles,
  bug: none,
  'no-exit-status': none,
  'left-behind': { processes: z.array(z.string()), areMore: z.boolean() },
  'ended-unwatched': none,
  // A program that could not be started.
  'program-exposed': exposure,
  'program-missing': none,
  'program-is-folder': none,
  'program-not-executable': none,
  'program-not-understood': none,
  'interpreter-missing': none,
  'arguments-too-long': none,
  'no-process': { error: z.string() },
  'folder-missing': none,
  'folder-not-a-folder': none,
  'folder-closed': none,
  'folder-unknown': { error: z.string() },
  // A start that came to nothing before the work began.
  'could-not-record': none,
  'could-not-record-in-turn': none,
  'waited-too-long': none,
  'stopped-before-turn': none,
  'cut-off-before-turn': none,
  'cut-off-before-start': none,
  'worker-away': none,
  'start-expired': none,
  'too-many-runs': none,
  'task-removed': none,
  'task-disabled': none,
  'task-changed': none,
  'caller-no-longer-allowed': none,
  'hours-over': none,
  'max-per-day': none,
  // The way into DSM.
  'task-gone': none,
  'nas-gone': earlier,
  'no-way-into-dsm': { ...earlier, nas: z.string(), obstacles: z.array(z.enum(obstacles)) },
  'triggered-by-synoschedtask': none,
  'not-resumed-by-synoschedtask': none,
  'start-refused-by-synoschedtask': none,
  'start-unanswered-by-synoschedtask': none,
  // What DSM reported of a run, or did not.
  'ended-before-asked': none,
  'dsm-signal': none,
  'dsm-crash': none,
  'dsm-command-not-found': none,
  'dsm-interrupted': none,
  'dsm-end-unclear': none,
  'dsm-start-unanswered': none,
  'dsm-start-unclear': because,
  'dsm-start-cut-off': none,
  'dsm-without-history': none,
  'dsm-scripts-only': none,
  'dsm-output-not-saved': none,
  'dsm-run-unseen': none,
  'dsm-end-unseen': none,
  'dsm-end-unreported': none,
  'dsm-end-unreported-though-started': none,
  'dsm-end-late': none,
  'dsm-end-too-late': none,
  'dsm-run-vanished': none,
  'dsm-runs-mixed-up': none,
  'dsm-not-asked-again': because,
};
export type Reasons = { readonly [Code in keyof typeof reasons]: Parameters<(typeof reasons)[Code]> };
export type Reason = Coded<Reasons>;
export type ReasonCode = keyof Reasons;

/** Whether a value from a file is a reason of this version, with all of its parameters. */
export function isReason(value: unknown): value is Reason {
  return fits(reasons, value);
}

function fits(shapes: Readonly<Record<string, Shape>>, value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('code' in value)) return false;
  const { code } = value;
  const shape = typeof code === 'string' && Object.hasOwn(shapes, code) ? shapes[code] : undefined;
  return shape !== undefined && z.object(shape).safeParse(value).success;
}
