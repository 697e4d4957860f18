// The contract between server and worker: all messages, as plain data. Both ends check shape and size of each one before they act on it.
import {
  boolean,
  bytes,
  data,
  finite,
  integer,
  listOf,
  oneOf,
  oneOfShapes,
  shape,
  text,
  type Check,
  type Checked,
} from './shapes.ts';
import { dsmTask, dsmText, name, nasState } from './dsm-shapes.ts';
import { answer, question } from './questions.ts';

/** Two ends with different versions refuse one another. */
export const contractVersion = 1;

/** The first message of each end; a worker's has the name of its process, which no other worker has. */
export const isHello = shape({ kind: oneOf('hello'), version: integer }, { instance: text(40) });
export type Hello = Checked<typeof isHello>;

/** The version in a first message; another version may have more in it. */
export function findVersion(message: unknown): number | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  if (!('kind' in message && 'version' in message) || message.kind !== 'hello') return undefined;
  return integer(message.version) ? message.version : undefined;
}

/** How much output one message holds at most. */
export const maxOutputBytes = 65_536;

const run = text(100);

const identity = shape({ pid: integer, startTicks: text(40), bootId: text(100) });

/** What is known about a run in DSM. */
const trace = shape(
  {
    before: shape(
      { keys: listOf(dsmText, 200_000) },
      {
        order: finite,
        local: finite,
        state: shape({ running: listOf(dsmText, 10_000), lastEnd: dsmText }),
      },
    ),
  },
  { isAccepted: oneOf(true), key: dsmText },
);

const outcome = shape(
  { kind: oneOf('succeeded', 'failed', 'timed-out', 'stopped', 'lost', 'unconfirmed') },
  { exitCode: integer, signal: text(40), reason: dsmText, why: data(6, 1000, 10_000) },
);

const toWorker = {
  /**
   * Starts a task, unless its runner has another digest by now, or the time `expiresAt` is past (milliseconds since 1970). Answered by
   * `begun` or `ended`; for a run that has begun already, as `resume` is.
   */
  start: shape({ kind: oneOf('start'), run, task: name, digest: text(100), expiresAt: finite }),
  stop: shape({ kind: oneOf('stop'), run }),
  /** Asks for a run without an end in the history, with what is known of it. Starts nothing. Answered by `resumed`, `ended` or `unknown`. */
  resume: shape(
    { kind: oneOf('resume'), run, task: name },
    { process: identity, dsm: shape({ nas: name, task: dsmTask, trace, agoMs: finite }) },
  ),
  /** The end of a run is on disk: the worker may forget it. */
  acknowledge: shape({ kind: oneOf('acknowledge'), run }),
  /** The server has asked for all runs that its history has without an end: the worker may forget others that have ended. */
  restored: shape({ kind: oneOf('restored') }),
  /** Answers a note. */
  noted: shape({ kind: oneOf('noted'), run, note: integer, isWritten: boolean }),
  /** Asks something that starts no run. Answered by `answer` and then `finished`, or only by `finished`. */
  ask: shape({ kind: oneOf('ask'), ask: integer, question }),
};

const toServer = {
  /** The work has begun, in a process or in DSM. */
  begun: shape({ kind: oneOf('begun'), run }, { process: identity }),
  /** The work of an earlier server's run goes on; it began so long ago. */
  resumed: shape({ kind: oneOf('resumed'), run, ageMs: finite }, { process: identity }),
  /** There is no trace of an earlier server's run. */
  unknown: shape({ kind: oneOf('unknown'), run }),
  /** What a run printed, from an offset on; what is between two such messages is not sent. */
  output: shape({ kind: oneOf('output'), run, from: integer, bytes: bytes(maxOutputBytes) }),
  /** Asks the server to write down where DSM has a run. The work waits for the answer where nothing may happen before. */
  note: shape({ kind: oneOf('note'), run, note: integer, trace }),
  /** The work has ended, after so long; or was refused: then nothing has begun. */
  ended: shape({ kind: oneOf('ended'), run, outcome }, { tookMs: finite }),
  /** Without an answer where the worker has none. */
  answer: shape({ kind: oneOf('answer'), ask: integer }, { answer }),
  /** Nothing that was started for a question is left. */
  finished: shape({ kind: oneOf('finished'), ask: integer }),
  /** The states of all NASes: sent first of all, and upon each change. */
  nases: shape({ kind: oneOf('nases'), nases: listOf(nasState, 1000) }),
};

export type ToWorker = {
  [Kind in keyof typeof toWorker]: Checked<(typeof toWorker)[Kind]>;
}[keyof typeof toWorker];
export type ToServer = {
  [Kind in keyof typeof toServer]: Checked<(typeof toServer)[Kind]>;
}[keyof typeof toServer];

export const isToWorker: Check<ToWorker> = oneOfShapes(toWorker);
export const isToServer: Check<ToServer> = oneOfShapes(toServer);
