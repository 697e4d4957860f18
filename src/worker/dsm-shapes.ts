// Shapes of what both ends say about DSM: tasks as the config names them and as DSM lists them, and the state of a NAS.
import { boolean, finite, integer, listOf, oneOf, oneOfShapes, shape, text, type Checked } from './shapes.ts';

/** A name in the config. */
export const name = text(1000);
/** A text that DSM chose, or a sentence about DSM. */
export const dsmText = text(10_000);

export const dsmTask = oneOfShapes({
  scheduled: shape({ kind: oneOf('scheduled'), id: integer }),
  triggered: shape({ kind: oneOf('triggered'), name }),
});

const lastRun = oneOfShapes({
  none: shape({ kind: oneOf('none') }),
  unknown: shape({ kind: oneOf('unknown') }),
  succeeded: shape({ kind: oneOf('succeeded') }, { startedAt: dsmText }),
  running: shape({ kind: oneOf('running') }, { startedAt: dsmText }),
  failed: shape({ kind: oneOf('failed') }, { exitCode: finite, startedAt: dsmText }),
});

const listedTask = shape(
  { which: dsmTask, name: dsmText, lastRun },
  { number: finite, owner: dsmText, isEnabled: boolean, canRun: boolean, isOther: boolean },
);

const notTold = shape({
  kind: oneOf('not-told'),
  reason: dsmText,
  lines: listOf(dsmText, 100),
  isPassing: boolean,
});

/** The tasks of a NAS, or why they are unknown. */
export const taskList = oneOfShapes({
  listed: shape({
    kind: oneOf('listed'),
    tasks: listOf(listedTask, 20_000),
    triggered: oneOfShapes({
      listed: shape({ kind: oneOf('listed') }),
      unsupported: shape({ kind: oneOf('unsupported') }),
      'not-told': notTold,
    }),
  }),
  'not-told': notTold,
});

/** The state of a NAS. */
export const nasState = shape({
  /** '' if the config gives the NAS no name. */
  name,
  /** The number of its current client: a change of the config that matters to the NAS gives it another one. */
  client: integer,
  way: oneOf('synowebapi', 'synoschedtask', 'webapi', 'none'),
  /** Why this way was chosen, without a full stop. */
  sentence: dsmText,
  health: shape({ kind: oneOf('unused', 'fine', 'failing'), sentence: dsmText }, { retryInMs: finite }),
});
export type NasState = Checked<typeof nasState>;
