// What is said of the way into each NAS, in the log and by `remotetask check`.
import type { LoadedConfig } from '../config/load.ts';
import type { ChosenWay } from '../dsm/choose-way.ts';
import { listConfigured } from './nas-tasks.ts';

/** What there is to say of a NAS that has tasks. */
export interface WayNotice {
  /** One line without a full stop. */
  readonly text: string;
  /** Whether things are not as they have to be. */
  readonly isWarning: boolean;
}

/** What is said of a way, for the tasks of a config that take it; undefined where there are none. */
export function describeWay(nas: string, { kind, sentence, remedy }: ChosenWay, keys: LoadedConfig['keys']): WayNotice | undefined {
  const own = listConfigured(keys, nas);
  if (own.length === 0) return undefined;
  const triggered = own.filter(({ which }) => which.kind === 'triggered').map(({ id }) => id);
  const remedies = [
    ...(remedy === undefined ? [] : [remedy]),
    ...(kind !== 'synoschedtask' || triggered.length === 0
      ? []
      : [`Add "webapi" to "${nas === '' ? 'dsm' : `dsm.${nas}`}": synoschedtask cannot start triggered tasks (${triggered.join(', ')})`]),
  ];
  return { text: [sentence, ...remedies].join('. '), isWarning: remedies.length > 0 };
}
