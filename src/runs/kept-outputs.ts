// The outputs of runs that have ended: the last ones are kept, since they take the most memory of a run.
import type { Run } from './run.ts';

/** At 64 KiB each, what a NAS can spare. */
const keptOutputs = 50;

/** Makes a function that keeps a run that has ended, with its output, and lets go of the oldest. */
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
