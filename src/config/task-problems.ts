// Finds tasks whose options contradict each other.
import { listNases, type NasOptions } from '../dsm/options.ts';
import { findClosest } from './closest.ts';
import { renderPath, type Finding } from './finding.ts';
import type { Config } from './schema.ts';
import type { Shape } from './seed-shape.ts';
import { toNasPath } from './to-nases.ts';

type Options = Config['tasks'][string];

/** Checks what the schema cannot: whether an id can be shown, and whether the options of a task fit together. */
export function findTaskProblems(config: Config, shape: Shape): Finding[] {
  const nases = listNases(config.dsm);
  return Object.entries(config.tasks).flatMap(([key, options]): Finding[] => {
    const id = shape.toTaskId(key);
    const at = { path: ['tasks', id], subject: 'name' } as const;
    const { command, scheduled, triggered } = options;
    const isNamed = command !== undefined || scheduled !== undefined || triggered !== undefined;
    if (isNamed && !/^(?! )\P{C}{1,100}(?<! )$/u.test(id))
      return [{ ...at, message: 'Name the task with 1 to 100 characters that can be shown' }];
    if (!isNamed && !/^[1-9]\d{0,8}$/.test(id))
      return [
        {
          ...at,
          message:
            'Add "command", "scheduled" or "triggered", or give the number that the task has in DSM, as in "7"',
        },
      ];
    const problems = command === undefined ? findDsmProblems(options, nases) : findCommandProblems(options);
    return problems.map(([name, message]) =>
      name === '' ? { ...at, message } : { path: ['tasks', id, name], message },
    );
  });
}

/** The problems by option; '' stands for the task itself. */
type OptionProblem = readonly [name: string, message: string];

function findCommandProblems({ scheduled, triggered, nas }: Options): OptionProblem[] {
  return [
    ...findGiven({ scheduled, triggered }, 'Remove this, or the "command": a task is one or the other'),
    ...findGiven({ nas }, 'Remove this, or the "command": a command runs on this machine'),
  ];
}

function findDsmProblems(
  { cwd, env, user, group, umask, scheduled, triggered, nas }: Options,
  nases: ReadonlyMap<string, NasOptions>,
): OptionProblem[] {
  const [only] = nases.size === 1 ? nases.keys() : [];
  const name = nas ?? only;
  return [
    ...(triggered === undefined
      ? []
      : findGiven({ scheduled }, 'Remove this, or "triggered": a task is one or the other')),
    ...findGiven({ cwd, env, user, group, umask }, 'Remove this, or add a "command": a DSM task ignores it'),
    ...findNasProblems(nas, [...nases.keys()]),
    ...(triggered !== undefined && name !== undefined && nases.get(name)?.via === 'synoschedtask'
      ? findGiven(
          { triggered },
          `Set "via" of "${renderPath(toNasPath(name))}" to "auto": by synoschedtask no triggered tasks can be started`,
        )
      : []),
  ];
}

function findNasProblems(nas: string | undefined, names: readonly string[]): OptionProblem[] {
  const list = names.length > 10 ? '' : `: ${names.map((name) => renderPath([name])).join(', ')}`;
  if (nas === undefined)
    return names.length === 1 ? [] : [['', `Say with "nas" on which NAS the task is${list}`]];
  if (names.includes(''))
    return [
      [
        'nas',
        'Remove this, or give the NASes in "dsm" names, as in "dsm": { "home": { … }, "attic": { … } }',
      ],
    ];
  if (names.includes(nas)) return [];
  const closest = findClosest(nas, names);
  return [
    [
      'nas',
      closest === undefined
        ? `Name one of the NASes in "dsm"${list}`
        : `There is no such NAS in "dsm"; did you mean ${renderPath([closest])}?`,
    ],
  ];
}

function findGiven(options: Readonly<Record<string, unknown>>, message: string): OptionProblem[] {
  return Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [[name, message]]));
}
