// What has to be true after all the kills, whatever the moments were: judged from what callers were told, what the history holds and what the programs wrote down.
import type { Trace } from './programs.ts';

/** How long a daemon may take to write an end down, on a busy machine. */
const endWrittenWithinSeconds = 5;

/** One life of the daemon, in seconds since the machine was started. */
export interface Life {
  readonly fromSeconds: number;
  readonly untilSeconds: number;
  /** Whether ends could always be written. */
  readonly hadRoom: boolean;
}

/** How a run ended, as the history tells. */
export interface HistoryEnd {
  readonly kind: string;
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
}

/** An answer that named a run. */
export interface Acknowledged {
  readonly run: string;
  readonly task: string;
  /** Whether it was answered with a run that another call had started, for which its own key does not stand. */
  readonly isOthers: boolean;
  readonly idempotencyKey: string | undefined;
}

/** Everything that is known at the end. */
export interface Facts {
  readonly acknowledged: readonly Acknowledged[];
  /** The calls whose connection broke before an answer: each may have started one run. */
  readonly brokenCalls: number;
  /** The runs whose start stood in the history at some time, and the ends of each. */
  readonly starts: ReadonlySet<string>;
  readonly ends: ReadonlyMap<string, readonly HistoryEnd[]>;
  /** What the programs wrote down, by run. */
  readonly traces: ReadonlyMap<string, Trace>;
  readonly lives: readonly Life[];
  /** Programs that still live. */
  readonly leftOver: readonly number[];
}

/** All that is not as it has to be, a sentence each. */
export function findViolations(facts: Facts): string[] {
  return [
    ...findUnremembered(facts),
    ...findUnwanted(facts),
    ...findStartedTwice(facts),
    ...[...facts.starts].flatMap((run) => judgeEnd(run, facts)),
    ...facts.leftOver.map((pid) => `The process ${pid} of a task still lives`),
  ];
}

function findUnremembered({ acknowledged, starts, traces }: Facts): string[] {
  return [
    ...new Set(
      acknowledged.flatMap(({ run, task }) =>
        starts.has(run)
          ? []
          : [`A caller was told of the run ${run} of ${task}, which is not in the history`],
      ),
    ),
    ...[...traces.keys()].flatMap((run) =>
      starts.has(run) ? [] : [`The run ${run} was started and is not in the history`],
    ),
  ];
}

/** A call that was refused has started nothing: more runs than callers were told of come from calls that broke. */
function findUnwanted({ acknowledged, brokenCalls, starts }: Facts): string[] {
  const told = new Set(acknowledged.map(({ run }) => run));
  const untold = [...starts].filter((run) => !told.has(run)).length;
  return untold > brokenCalls
    ? [
        `No caller was told of ${untold} runs, but only ${brokenCalls} calls broke: refused ones started something`,
      ]
    : [];
}

function findStartedTwice({ acknowledged, traces, ends }: Facts): string[] {
  const runsOfKeys = Map.groupBy(
    acknowledged.filter(({ idempotencyKey, isOthers }) => idempotencyKey !== undefined && !isOthers),
    ({ task, idempotencyKey }) => `${task} with the Idempotency-Key ${idempotencyKey}`,
  );
  return [
    ...[...traces].flatMap(([run, { begun }]) =>
      begun.length > 1 ? [`The run ${run} was started ${begun.length} times`] : [],
    ),
    ...[...traces].flatMap(([run, { begun, ended }]) =>
      begun.length === 0 || ended.length > 1
        ? [`The run ${run} ended ${ended.length} times, and began ${begun.length} times`]
        : [],
    ),
    // A file that is rewritten repeats the lines that were on their way: the same line twice is one end.
    ...[...ends].flatMap(([run, all]) => {
      const count = new Set(all.map((end) => JSON.stringify(end))).size;
      return count > 1 ? [`The run ${run} has ${count} ends in the history`] : [];
    }),
    ...[...runsOfKeys].flatMap(([key, all]) => {
      const runs = new Set(all.map(({ run }) => run));
      return runs.size > 1 ? [`${key} was started as ${[...runs].join(' and ')}`] : [];
    }),
  ];
}

/** An end is the true one, or `lost`, and that only where the daemon could not know better. */
function judgeEnd(run: string, { ends, traces, lives }: Facts): string[] {
  const end = ends.get(run)?.at(-1);
  const { begun: [begun] = [], ended: [ended] = [] } = traces.get(run) ?? {};
  if (end === undefined) return [`The run ${run} has no end`];
  const told = `The run ${run} is told to have ${end.kind} (${end.exitCode ?? end.signal ?? 'no exit status'})`;
  switch (end.kind) {
    case 'succeeded':
    case 'failed':
      if (end.exitCode !== undefined || end.kind === 'succeeded')
        return ended?.exitCode === end.exitCode
          ? []
          : [`${told}, but its program ended with ${ended?.exitCode ?? 'nothing'}`];
      if (end.signal !== undefined)
        return ended === undefined ? [] : [`${told}, but its program ended with ${ended.exitCode}`];
      return begun === undefined ? [] : [`${told}, as if it had not begun, but it did`];
    case 'lost': {
      if (begun === undefined || ended === undefined) return [];
      const life = lives.findLast(({ fromSeconds }) => fromSeconds <= begun.atSeconds);
      const isKnown = life?.hadRoom === true && ended.atSeconds + endWrittenWithinSeconds < life.untilSeconds;
      return isKnown
        ? [
            `${told}, but it ended ${(life.untilSeconds - ended.atSeconds).toFixed(1)} s before its daemon did`,
          ]
        : [];
    }
    default:
      return [`${told}, which no task here does`];
  }
}
