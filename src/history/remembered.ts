// The remembered runs: the last ones, the active ones, and for a day those that an Idempotency-Key leads to.
import { randomBytes } from 'node:crypto';
import { dayMs, type Clock } from '../clock.ts';
import { createMac, toKeyDigest } from '../keys.ts';
import { packRun, unpackRun } from './packed.ts';
import { createStartTimes, type StartTimes } from './start-times.ts';
import { createTextStore } from './text-store.ts';
import { renderLine, renderRecord, toBeginAt, type Line, type RunJoin, type RunRecord } from './records.ts';

/** How often to check for runs and starts whose day is over. */
const sweepMs = 600_000;
/** How much of a MAC names a run: 52 bits, which fit into a number. The full id is compared afterwards. */
const nameDigits = 13;
interface RunSearch {
  /** The run id after which the search for older runs begins; if it is not remembered, the search begins with the newest run. */
  readonly before?: string | undefined;
  /** Whether a run could match, judged by a text that contains each of its values as JSON; avoids parsing the others. */
  readonly mayFit?: ((text: string) => boolean) | undefined;
}

/** Queries on the remembered runs. */
export interface RememberedRuns {
  readonly size: number;
  /** The run with a presented id. The work is the same for every text that is not a run id. */
  find(run: Uint8Array | string): RunRecord | undefined;
  /** The runs in the order of their acceptance. */
  oldestFirst(search?: Pick<RunSearch, 'mayFit'>): Iterable<RunRecord>;
  newestFirst(search?: RunSearch): Iterable<RunRecord>;
  /** The calls with an Idempotency-Key that got the run of another call within a day. */
  joins(): Iterable<RunJoin>;
  /** The times, within a day, of starts by runs that are no longer remembered. */
  dayStarts(): ReturnType<StartTimes['lines']>;
}

export interface Remembered extends RememberedRuns {
  /** Applies a line; the begin and the end of a run that is not remembered are ignored. A join may come before its run. */
  add(line: Line): void;
  /** Forgets the ended runs before the last `keep` ones, except those that are kept for a day. Returns their ids. */
  dropOldest(keep: number): readonly string[];
  /** Whether a call with an Idempotency-Key got this run within a day. */
  isJoined(run: string): boolean;
  /** The current content as lines, a piece at a time. */
  render(): Iterable<string>;
}

/**
 * Creates an empty memory. Runs are kept as texts under the MACs of their ids, so that one costs some 300 bytes, and
 * the timing of a look-up reveals nothing to a stranger.
 */
export function createRemembered(clock: Clock): Remembered {
  const toMac = createMac(randomBytes(32));
  const toName = (run: Uint8Array | string): number =>
    Number.parseInt(toMac(toKeyDigest(run)).slice(0, nameDigits), 16);
  const texts = createTextStore();
  /** In the order of acceptance. An ended run is packed: this holds its place in the text store, or the text itself once the run is put aside. */
  const runs = new Map<number, RunRecord | number | string>();
  /** Goes through the runs once, as they get old; each is then forgotten or put aside. Created late, because it retains the map's earlier memory after the map grows. */
  let oldest: Iterator<number> | undefined;
  /** The names of the runs that have not ended, by their ids. */
  const namesOfLive = new Map<string, number>();
  /** The runs put aside: those that have not ended, those that have ended since, and those that are kept, by the time until which they are kept. */
  const goingOn = new Set<number>();
  const late = new Set<number>();
  const kept = new Map<number, number>();
  const joins = new Map<string, RunJoin>();
  const joinedAtMs = new Map<number, number>();
  const starts = createStartTimes();
  let sweptMs = clock.nowMs();
  let dropped: string[] = [];

  const toText = (run: RunRecord | number | string): string =>
    typeof run === 'number' ? texts.at(run) : typeof run === 'string' ? run : packRun(run);
  const toRecord = (run: RunRecord | number | string): RunRecord =>
    typeof run === 'object' ? run : unpackRun(toText(run));
  /** Texts to release after the rendering, which spans several turns and still reads them. */
  const held = new Set<number[]>();
  const letGo = (place: number): void => {
    const [renderer] = held;
    if (renderer === undefined) texts.remove(place);
    else renderer.push(place);
  };
  const isOver = (atMs: number): boolean => clock.wallMs() - atMs >= dayMs;
  /** Until when a run is kept because of Idempotency-Keys. A time in the future, recorded before the clock was set back, counts as now. */
  const keptUntilMs = (name: number, { start }: RunRecord): number => {
    const ownMs = start.idempotencyKey === undefined ? -Infinity : Date.parse(start.at);
    return Math.min(Math.max(ownMs, joinedAtMs.get(name) ?? -Infinity), clock.wallMs()) + dayMs;
  };
  const drop = (name: number, record: RunRecord): void => {
    const { run, task } = record.start;
    runs.delete(name);
    joinedAtMs.delete(name);
    dropped.push(run);
    const beganAt = toBeginAt(record);
    if (beganAt !== undefined && !isOver(Date.parse(beganAt))) starts.note(task, Date.parse(beganAt));
  };
  /** Forgets an old run, unless it is active or kept. */
  const putAside = (name: number): void => {
    const run = runs.get(name);
    if (run === undefined) return;
    const record = toRecord(run);
    if (record.end === undefined) return void goingOn.add(name);
    if (typeof run === 'number') letGo(run);
    const untilMs = keptUntilMs(name, record);
    if (untilMs <= clock.wallMs()) return drop(name, record);
    kept.set(name, untilMs);
    runs.set(name, packRun(record));
  };
  const sweep = (): void => {
    sweptMs = clock.nowMs();
    for (const [name, untilMs] of kept) {
      if (untilMs > clock.wallMs()) continue;
      kept.delete(name);
      putAside(name);
    }
    for (const [key, { at }] of joins) if (isOver(Date.parse(at))) joins.delete(key);
    for (const [name, atMs] of joinedAtMs) if (isOver(atMs)) joinedAtMs.delete(name);
    starts.sweep(isOver);
  };
  const join = (line: RunJoin): void => {
    const name = toName(line.run);
    const atMs = Date.parse(line.at);
    joins.set(`${line.idempotencyKey} ${line.task}`, line);
    joinedAtMs.set(name, Math.max(atMs, joinedAtMs.get(name) ?? -Infinity));
    if (kept.has(name)) kept.set(name, Math.min(atMs, clock.wallMs()) + dayMs);
  };
  return {
    get size() {
      return runs.size;
    },
    find(run) {
      const found = runs.get(toName(run));
      const record = found === undefined ? undefined : toRecord(found);
      return record?.start.run === run.toString() ? record : undefined;
    },
    *oldestFirst({ mayFit } = {}) {
      for (const run of runs.values()) if (mayFit === undefined || mayFit(toText(run))) yield toRecord(run);
    },
    *newestFirst({ before, mayFit } = {}) {
      const behind = before === undefined ? undefined : toName(before);
      let isBehind = behind === undefined || !runs.has(behind);
      for (const name of [...runs.keys()].toReversed()) {
        const run = isBehind ? runs.get(name) : undefined;
        if (run !== undefined && (mayFit === undefined || mayFit(toText(run)))) yield toRecord(run);
        isBehind ||= name === behind;
      }
    },
    joins: () => joins.values(),
    dayStarts: starts.lines,
    add(line) {
      if (line.event === 'join') return join(line);
      if (line.event === 'starts') return line.at.forEach((at) => starts.note(line.task, Date.parse(at)));
      if (line.event === 'start') {
        const name = toName(line.run);
        if (runs.has(name)) return;
        namesOfLive.set(line.run, name);
        runs.set(name, { start: line });
        return;
      }
      const name = namesOfLive.get(line.run);
      const run = name === undefined ? undefined : runs.get(name);
      if (name === undefined || run === undefined) return;
      const record = { ...toRecord(run), [line.event]: line };
      runs.set(name, line.event === 'end' ? texts.add(packRun(record)) : record);
      if (line.event === 'begin') return;
      namesOfLive.delete(line.run);
      if (goingOn.delete(name)) late.add(name);
    },
    dropOldest(keep) {
      dropped = [];
      if (clock.nowMs() - sweptMs >= sweepMs) sweep();
      for (const name of late) putAside(name);
      late.clear();
      while (runs.size - kept.size - goingOn.size > keep) {
        oldest ??= runs.keys();
        const next = oldest.next();
        if (next.done === true) break;
        putAside(next.value);
      }
      return dropped;
    },
    isJoined: (run) => joinedAtMs.size > 0 && !isOver(joinedAtMs.get(toName(run)) ?? -Infinity),
    *render() {
      const all = [...runs.values()];
      const others = [...joins.values(), ...starts.lines()];
      const mine: number[] = [];
      held.add(mine);
      try {
        for (const run of all) yield renderRecord(toRecord(run));
        for (const line of others) yield renderLine(line);
      } finally {
        held.delete(mine);
        for (const place of mine) letGo(place);
      }
    },
  };
}
