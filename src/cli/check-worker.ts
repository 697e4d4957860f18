// What `remotetask doctor` finds out about a worker of its own while no daemon is running; a daemon that runs reports it itself.
import net from 'node:net';
import type { LoadedConfig } from '../config/load.ts';
import { toErrorCode } from '../errors.ts';
import type { Check } from './checks.ts';

/** Checks whether a worker listens at the socket of the config. It sends nothing: the worker would take it for its server. */
export async function checkWorker({ workerSocket }: Pick<LoadedConfig, 'workerSocket'>): Promise<Check[]> {
  if (workerSocket === undefined) return [];
  const what = 'worker';
  const problem = await new Promise<string | undefined>((resolve) => {
    const probe = net.connect(workerSocket, () => {
      probe.destroy();
      resolve(undefined);
    });
    probe.once('error', (error) => resolve(toErrorCode(error)));
  });
  if (problem === undefined) return [{ level: 'ok', what, message: `A worker listens at ${workerSocket}` }];
  const message = `No worker can be reached at ${workerSocket} (${problem})`;
  const remedy =
    problem === 'EACCES'
      ? 'Run the doctor as the user of the daemon, which the worker was given with `--for`'
      : 'Start the worker: `remotetask work`, or the boot-up task that `remotetask boot-script --worker` prints';
  return [{ level: 'problem', what, message, remedy }];
}
