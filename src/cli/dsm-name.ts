// Asks DSM about a task that is to be added.
import { systemClock } from '../clock.ts';
import type { NasSettings } from '../dsm/options.ts';
import { renderNas } from '../dsm/options.ts';
import { AppError } from '../errors.ts';
import { createNoLog } from '../log/no-log.ts';
import { findListed, findMissing, loadNasTasks, renderWhich, type ConfiguredTask } from '../nas/nas-tasks.ts';
import { openNas } from '../nas/open-nas.ts';
import { findTaskWarnings } from '../nas/task-warnings.ts';

/** How long DSM may take to list its tasks. */
const listMs = 30_000;

/** DSM's name of the task if it is known, and what the owner should know, one line each. Throws AppError `usage` if DSM has no such task. */
export async function loadDsmName(
  settings: NasSettings,
  task: ConfiguredTask,
  called: string,
): Promise<{ readonly name: string | undefined; readonly notes: readonly string[] }> {
  const nas = openNas(settings, { logger: createNoLog(), clock: systemClock });
  try {
    const { sentence, remedy } = nas.transport;
    if (nas.transport.kind === 'none')
      return { name: undefined, notes: [[sentence, remedy ?? []].flat().join('. ')] };
    const list = await loadNasTasks(nas, AbortSignal.timeout(listMs));
    const { which } = task;
    const whose = renderNas(settings.name);
    if (list.kind === 'not-told')
      return { name: undefined, notes: [`Cannot ask ${whose} about ${renderWhich(which)}. ${list.reason}`] };
    const warnings = findTaskWarnings(settings.name, [task], list, new Map()).map(({ text }) => text);
    if (findMissing(list, [task]).length > 0)
      throw new AppError('usage', `${whose} has no ${renderWhich(which)}; nothing was added`, [
        ...warnings.map((text) => text.replace(/^.*?: /, '')),
        `\`${called} tasks\` lists what it has`,
      ]);
    return { name: findListed(list, task)?.name, notes: warnings };
  } finally {
    await nas.close();
  }
}
