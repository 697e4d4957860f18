// What DSM reports as wrong with the tasks of the config: missing, not allowed to be run, or renamed. A disabled task
// is fine: DSM then starts it only on request.
import type { TaskList } from '../dsm/listed-task.ts';
import { renderNas } from '../dsm/options.ts';
import { toOneLine } from '../untrusted-text.ts';
import { findListed, findMissing, renderWhich, type ConfiguredTask } from './nas-tasks.ts';

export interface TaskWarning {
  /** The id of the task in the config. */
  readonly task: string;
  /** One line without a full stop. */
  readonly text: string;
}

/** All warnings, in the order of the config. `names` are the earlier names of scheduled tasks, by number. */
export function findTaskWarnings(
  nas: string,
  configured: readonly ConfiguredTask[],
  list: TaskList,
  names: ReadonlyMap<number, string>,
): TaskWarning[] {
  const missing = new Set(findMissing(list, configured));
  const owner = renderNas(nas);
  return configured.flatMap((task): TaskWarning[] => {
    const { id, which } = task;
    const warn = (text: string): TaskWarning => ({ task: id, text: `tasks.${toOneLine(id)}: ${text}` });
    if (missing.has(task)) return [warn(`${owner} has no ${renderWhich(which)}. ${findAdvice(which, list)}`)];
    const listed = findListed(list, task);
    if (listed === undefined) return [];
    const before = which.kind === 'scheduled' ? names.get(which.id) : undefined;
    const name = toOneLine(listed.name);
    const what = which.kind === 'scheduled' ? `${renderWhich(which)} ("${name}")` : renderWhich(which);
    return [
      ...(before === undefined || before === listed.name
        ? []
        : [
            warn(
              `${renderWhich(which)} of ${owner} is now "${name}", and was "${toOneLine(before)}". Look whether it is still the one that is meant`,
            ),
          ]),
      ...(listed.canRun === false
        ? [warn(`${what} of ${owner} cannot be run by the account. Give it the right, or another task`)]
        : []),
    ];
  });
}

/** What to do about a missing task. A triggered task also has a number in DSM's list, but it cannot be started by that number. */
function findAdvice(which: ConfiguredTask['which'], { tasks }: TaskList): string {
  if (which.kind === 'triggered') return 'Correct its name, or remove it';
  const namesake = tasks.find((task) => task.which.kind === 'triggered' && task.number === which.id);
  return namesake === undefined
    ? 'Correct its number, or remove it'
    : `That is the number of a triggered task: give "triggered": ${JSON.stringify(toOneLine(namesake.name))} in place of the number`;
}

/** The current names of the scheduled tasks of the config, by number. */
export function listNames(configured: readonly ConfiguredTask[], list: TaskList): Map<number, string> {
  return new Map(
    configured.flatMap((task): [number, string][] => {
      const listed = findListed(list, task);
      return listed?.which.kind === 'scheduled' ? [[listed.which.id, listed.name]] : [];
    }),
  );
}
