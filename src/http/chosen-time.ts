// The time that a caller chooses for what follows a run: `?after=45m`.
import type { ThenOptions } from '../values/then.ts';
import { parseDurationMs } from '../values/duration.ts';
import type { QueryFault } from './query.ts';

/** The time, if one is chosen, or what is wrong with it; and the rest of the query. */
interface Chosen {
  readonly chosenMs: number | undefined;
  readonly fault: QueryFault | undefined;
  readonly rest: string;
}

/** Reads `after`; it means nothing for a task without `between`, and is left in the query there. */
export function readChosenTime(query: string, then: ThenOptions | undefined): Chosen {
  const none = { chosenMs: undefined, fault: undefined, rest: query };
  const parameters = new URLSearchParams(query);
  const [text, second] = parameters.getAll('after');
  if (then?.between === undefined || text === undefined) return none;
  if (second !== undefined) return { ...none, fault: { code: 'repeated-parameter', name: 'after' } };
  const [leastMs, mostMs] = then.between;
  const chosenMs = parseDurationMs(text);
  parameters.delete('after');
  const rest = parameters.toString();
  return chosenMs === undefined || chosenMs < leastMs || chosenMs > mostMs
    ? { ...none, fault: { code: 'bad-parameter', name: 'after', leastMs, mostMs } }
    : { chosenMs, fault: undefined, rest };
}
