// Messages about the way into each NAS, for the log and for `remotetask check`.
import type { Transport } from '../dsm/transport.ts';
import type { Task } from '../tasks.ts';
import { listConfigured } from './nas-tasks.ts';

/** The message about a NAS with tasks. */
export interface TransportNotice {
  /** One line without a full stop. */
  readonly text: string;
  /** Whether the message is about a problem. */
  readonly isWarning: boolean;
}

/** The message about a way, if tasks of the config use it; else undefined. */
export function describeTransport(
  nas: string,
  { kind, sentence, remedy }: Transport,
  tasks: readonly Task[],
): TransportNotice | undefined {
  const own = listConfigured(tasks, nas);
  if (own.length === 0) return undefined;
  const triggered = own.filter(({ which }) => which.kind === 'triggered').map(({ id }) => id);
  const remedies = [
    ...(remedy === undefined ? [] : [remedy]),
    ...(kind !== 'synoschedtask' || triggered.length === 0
      ? []
      : [
          `Add "webapi" to "${nas === '' ? 'dsm' : `dsm.${nas}`}": synoschedtask cannot start triggered tasks (${triggered.join(', ')})`,
        ]),
  ];
  return { text: [sentence, ...remedies].join('. '), isWarning: remedies.length > 0 };
}
