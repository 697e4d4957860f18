// What is printed at the end of the torture.
import type { TortureResult } from './rounds.ts';

/** How many violations are printed in full. */
const shown = 40;

export function renderReport({
  kills,
  stops,
  failedStarts,
  told,
  seen,
  traces,
  ends,
  violations,
  seconds,
}: TortureResult): string {
  const statuses = [...told.statuses]
    .toSorted(([a], [b]) => a - b)
    .map(([status, count]) => `${count} × ${status}`);
  const rows: readonly (readonly [what: string, is: string | number])[] = [
    ['Kills, and orderly stops in between', `${kills}, ${stops}`],
    ['Starts that a full disk prevented', failedStarts],
    ['Calls: answers by status, broken connections', `${statuses.join(', ')}, ${told.brokenCalls}`],
    [
      'Runs: told of, in the history, begun',
      `${new Set(told.acknowledged.map(({ run }) => run)).size}, ${seen.starts.size}, ${traces.size}`,
    ],
    ['Ends', [...ends].map(([kind, count]) => `${count} ${kind}`).join(', ')],
    [
      'Programs that did not come to their own end',
      [...traces.values()].filter(({ ended }) => ended.length === 0).length,
    ],
    ['Damaged lines in the history, at most', seen.damagedLines],
    ['Took', `${seconds.toFixed(0)} s`],
    ['Violations', violations.length],
  ];
  const width = Math.max(...rows.map(([what]) => what.length));
  const rest = violations.length > shown ? [`… and ${violations.length - shown} more`] : [];
  return [
    ...rows.map(([what, is]) => `${what.padEnd(width)}  ${is}`),
    ...violations.slice(0, shown).map((line) => `* ${line}`),
    ...rest,
  ].join('\n');
}
