// Finds tasks whose options contradict each other.
import { listNases, type DsmOptions, type NasOptions } from '../dsm/options.ts';
import { findClosest } from './closest.ts';
import { renderPath, type Finding } from './finding.ts';
import type { TaskSettings } from './schema.ts';
import { toNasPath } from './to-nases.ts';
import type { Tasks } from './validate.ts';

/** Checks what the schema cannot: whether an id can be shown, and whether the options of a task fit together. */
export function findTaskProblems(dsm: DsmOptions, tasks: Tasks): Finding[] {
  const nases = listNases(dsm);
  const findings: Finding[] = [];
  for (const [id, options] of tasks) {
    for (const [name, message] of findProblems(id, options, nases))
      findings.push(
        name === ''
          ? { path: ['tasks', id], message, subject: 'name' }
          : { path: ['tasks', id, name], message },
      );
  }
  return findings;
}

/** The problems by option; '' stands for the task itself. */
type OptionProblem = readonly [name: string, message: string];

const noProblems: readonly OptionProblem[] = [];

function findProblems(
  id: string,
  options: TaskSettings,
  nases: ReadonlyMap<string, NasOptions>,
): readonly OptionProblem[] {
  const { command, scheduled, triggered } = options;
  const isNamed = command !== undefined || scheduled !== undefined || triggered !== undefined;
  if (isNamed && !/^(?! )\P{C}{1,100}(?<! )$/u.test(id))
    return [['', 'Name the task with 1 to 100 characters that can be shown']];
  if (!isNamed && !/^[1-9]\d{0,8}$/.test(id))
    return [
      [
        '',
        'Add "command", "scheduled" or "triggered", or give the number that the task has in DSM, as in "7"',
      ],
    ];
  return command === undefined ? findDsmProblems(options, nases) : findCommandProblems(options);
}

function findCommandProblems(options: TaskSettings): readonly OptionProblem[] {
  if (options.scheduled === undefined && options.triggered === undefined && options.nas === undefined)
    return noProblems;
  return [
    ...findGiven(
      options,
      ['scheduled', 'triggered'],
      'Remove this, or the "command": a task is one or the other',
    ),
    ...findGiven(options, ['nas'], 'Remove this, or the "command": a command runs on this machine'),
  ];
}

function findDsmProblems(options: TaskSettings, nases: ReadonlyMap<string, NasOptions>): OptionProblem[] {
  const { triggered, nas } = options;
  const [only] = nases.size === 1 ? nases.keys() : [];
  const name = nas ?? only;
  return [
    ...(triggered === undefined
      ? []
      : findGiven(options, ['scheduled'], 'Remove this, or "triggered": a task is one or the other')),
    ...findGiven(
      options,
      ['cwd', 'env', 'user', 'group', 'umask'],
      'Remove this, or add a "command": a DSM task ignores it',
    ),
    ...findNasProblems(nas, [...nases.keys()]),
    ...(triggered !== undefined && name !== undefined && nases.get(name)?.via === 'synoschedtask'
      ? findGiven(
          options,
          ['triggered'],
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

function findGiven(
  options: TaskSettings,
  names: readonly (keyof TaskSettings)[],
  message: string,
): OptionProblem[] {
  return names.filter((name) => options[name] !== undefined).map((name) => [name, message]);
}
