// The address of the page of a run; its query records how the caller came there. The address starts nothing.
import type { RunView } from '../../runs/run-view.ts';

export interface Visit {
  /** The visitor's tap did not start the run. */
  readonly isJoined: boolean;
  /** The visitor pressed a button that was too old. */
  readonly isSpent: boolean;
  /** The page must not reload while the run continues. */
  readonly isHeld: boolean;
  /** The nonce that lets the visitor start the task once more. */
  readonly again: string | undefined;
}

/** Reads the query of the page of a run. */
export function parseVisit(query: string): Visit {
  const parameters = new URLSearchParams(query);
  const again = parameters.get('again') ?? '';
  return {
    isJoined: parameters.has('joined'),
    isSpent: parameters.has('spent'),
    isHeld: parameters.has('hold'),
    again: /^[\w-]{22}$/.test(again) ? again : undefined,
  };
}

/** The query of the page of a run, with its question mark. */
export function renderVisit({
  isJoined = false,
  isSpent = false,
  isHeld = false,
  again,
}: Partial<Visit>): string {
  const parts = [
    ...(isJoined ? ['joined'] : []),
    ...(isSpent ? ['spent'] : []),
    ...(isHeld ? ['hold'] : []),
    ...(again === undefined ? [] : [`again=${again}`]),
  ];
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

/** The address of a run's page, without a query. */
export function toRunPath({ run }: Pick<RunView, 'run'>): string {
  return `/runs/${run}`;
}
