// What of the history is asked for: read from an address, and written into one.
import { attemptResults, type AttemptResult } from '../history/attempt.ts';
import { Network } from '../network.ts';
import { Outcome } from '../outcome.ts';

/** Longer texts are nothing that anybody looks for. */
const maxLength = 100;

export interface HistoryQuery {
  readonly kind: 'runs' | 'attempts';
  /** For runs. */
  readonly outcome: Outcome['kind'] | undefined;
  /** For attempts. */
  readonly result: AttemptResult | undefined;
  readonly task: string | undefined;
  readonly network: string | undefined;
  readonly label: string | undefined;
  readonly text: string | undefined;
  /** Where the page before ended. */
  readonly before: string | undefined;
  /** What could not be understood, and was left out. */
  readonly problem: string | undefined;
}

/** Reads a query; what is empty or unknown is left out. */
export function parseHistoryQuery(search: URLSearchParams): HistoryQuery {
  const read = (name: string): string | undefined => {
    const text = search.get(name)?.trim().slice(0, maxLength);
    return text === '' ? undefined : text;
  };
  const network = read('network');
  const isNetwork = network === undefined || Network.safeParse(network).success;
  return {
    kind: search.get('kind') === 'attempts' ? 'attempts' : 'runs',
    outcome: Outcome.shape.kind.options.find((kind) => kind === search.get('result')),
    result: attemptResults.find((result) => result === search.get('result')),
    task: read('task'),
    network: isNetwork ? network : undefined,
    label: read('label'),
    text: read('text'),
    before: read('before'),
    problem: isNetwork ? undefined : 'Give an address or a network, such as 192.168.0.0/16. It was left out.',
  };
}

/** The address of a query. */
export function toQuery({ kind, outcome, result, task, network, label, text, before }: HistoryQuery): string {
  const parts = {
    kind: kind === 'runs' ? undefined : kind,
    result: kind === 'runs' ? outcome : result,
    task,
    network,
    label,
    text,
    before,
  };
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parts)) if (value !== undefined) search.set(name, value);
  return `/history?${search.toString()}`;
}
