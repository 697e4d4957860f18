// Finds what is wrong with what follows tasks: a task that does not exist, a ring, a time that callers could not choose.
import { findClosest } from './closest.ts';
import { renderPath, type Finding } from './finding.ts';
import type { ThenOptions } from '../values/then.ts';
import type { Tasks } from './validate.ts';

/** The problems, by tasks. Each ring is reported once, at the task that comes first in the file. */
export function findThenProblems(tasks: Tasks): Finding[] {
  const reported = new Set<string>();
  return listFollowed(tasks).flatMap(([id, then]): Finding[] => {
    const at = ['tasks', id, 'then'];
    const { task, after, between } = then;
    const [least = 0, most = Infinity] = between ?? [];
    const findings: Finding[] =
      after >= least && after <= most
        ? []
        : [{ path: [...at, 'after'], message: 'Give a time that "between" allows, or change that' }];
    if (!tasks.has(task)) {
      const closest = findClosest(task, [...tasks.keys()]);
      const meant = closest === undefined ? '' : `; did you mean ${renderPath([closest])}?`;
      return [
        ...findings,
        { path: [...at, 'task'], message: `Give the id of a task of this config${meant}` },
      ];
    }
    const ring = findRing(id, tasks);
    if (ring === undefined || ring.some((one) => reported.has(one))) return findings;
    for (const one of ring) reported.add(one);
    const names = [...ring, id].map((one) => renderPath([one])).join(', ');
    const message =
      ring.length === 1
        ? 'Name another task: a task cannot follow itself'
        : `Remove one "then" of this ring: ${names}`;
    return [...findings, { path: [...at, 'task'], message }];
  });
}

/** Warnings of what would never start. */
export function warnOfIdleThen(tasks: Tasks): Finding[] {
  return listFollowed(tasks).flatMap(([id, then]): Finding[] =>
    tasks.get(then.task)?.enabled === false
      ? [
          {
            path: ['tasks', id, 'then', 'task'],
            message: 'Enable that task, or remove "then": a task that is not enabled is never started',
          },
        ]
      : [],
  );
}

/** The tasks that another one follows. */
function listFollowed(tasks: Tasks): readonly (readonly [id: string, then: ThenOptions])[] {
  const followed: (readonly [string, ThenOptions])[] = [];
  for (const [id, { then }] of tasks) if (then !== undefined) followed.push([id, then]);
  return followed;
}

/** The tasks of the ring that a task is in; undefined if it is in none. */
function findRing(id: string, tasks: Tasks): readonly string[] | undefined {
  const passed = [id];
  for (let next = tasks.get(id)?.then?.task; next !== undefined; next = tasks.get(next)?.then?.task) {
    if (next === id) return passed;
    if (passed.includes(next)) return undefined;
    passed.push(next);
  }
  return undefined;
}
