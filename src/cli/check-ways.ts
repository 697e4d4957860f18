// What `remotetask doctor` finds out about the way to each NAS.
import { systemClock } from '../clock.ts';
import type { LoadedConfig } from '../config/load.ts';
import { ofNas } from '../dsm/call.ts';
import { loadIsOutputSaved } from '../dsm/dsm-task.ts';
import type { NasSettings, WebApiAccess } from '../dsm/options.ts';
import { reachDsm } from '../dsm/reach.ts';
import { chooseTransport, loadTransportFacts } from '../dsm/transport.ts';
import { createNoLog } from '../log/no-log.ts';
import { openNas } from '../nas/open-nas.ts';
import { describeTransport } from '../nas/transport-notices.ts';
import type { Check } from './checks.ts';

/** How long DSM may take to answer. */
const dsmMs = 15_000;

/** Reports how each NAS with tasks is reached, and whether the NASes that are reached over the network answer. */
export async function checkWays({ tasks, nases }: Pick<LoadedConfig, 'tasks' | 'nases'>): Promise<Check[]> {
  const checks = [...nases.values()].map(async (nas): Promise<Check[]> => {
    const transport = chooseTransport(nas, loadTransportFacts(nas));
    const notice = describeTransport(nas.name, transport, tasks);
    if (notice === undefined) return [];
    const found: Check = { level: notice.isWarning ? 'problem' : 'ok', what: 'way', message: notice.text };
    if (transport.kind === 'synowebapi') return [found, ...(await checkSavedOutput(nas))];
    return transport.kind !== 'webapi' || nas.webapi === undefined
      ? [found]
      : [found, await checkReach(nas.name, nas.webapi)];
  });
  return (await Promise.all(checks)).flat();
}

/** Whether DSM keeps the results of its tasks. Asked where it takes no sign-in, which could end a session or lock an account. */
async function checkSavedOutput(settings: NasSettings): Promise<Check[]> {
  const nas = openNas(settings, { logger: createNoLog(), clock: systemClock });
  try {
    const isSaved =
      nas.call === undefined ? undefined : await loadIsOutputSaved(nas.call, AbortSignal.timeout(dsmMs));
    const what = 'way';
    if (isSaved === undefined) return [];
    return isSaved
      ? [{ level: 'ok', what, message: 'DSM keeps the results of its tasks' }]
      : [
          {
            level: 'warning',
            what,
            message: 'DSM keeps no results of its tasks, so how some of them end stays unknown',
            remedy: 'Switch on "Save output results" in Control Panel > Task Scheduler > Settings',
          },
        ];
  } finally {
    await nas.close();
  }
}

async function checkReach(nas: string, webapi: WebApiAccess): Promise<Check> {
  const answer = await reachDsm(webapi);
  return answer.kind === 'answered'
    ? { level: 'ok', what: 'way', message: `DSM answers at ${webapi.url}` }
    : { level: 'problem', what: 'way', message: `${webapi.url}: ${ofNas(nas, answer).reason}` };
}
