// The outputs of ended runs. Only the last ones are kept, because output takes the most memory of a run.
import type { Run } from './run.ts';

/** At 64 KiB each, an amount of memory that a NAS can spare. */
const keptOutputs = 50;

/** Creates a function that keeps the output of an ended run and drops the oldest one. */
export function createKeptOutputs(onForgotten: (run: Run) => void): (run: Run) => void {
  const runs: Run[] = [];
  return (run) => {
    runs.push(run);
    const forgotten = runs.length > keptOutputs ? runs.shift() : undefined;
    if (forgotten === undefined) return;
    forgotten.forgetOutput();
    onForgotten(forgotten);
  };
}
