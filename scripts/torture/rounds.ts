// The torture itself: round after round of calls, each ended by a kill at some moment.
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Disk } from '../full-disk.ts';
import { createCallers, type Told } from './calls.ts';
import { startDaemon, writeConfig, type Place, type TorturedDaemon } from './daemon.ts';
import { lookAt, type SeenHistory } from './history.ts';
import { findViolations, type Life } from './model.ts';
import { loadTraces, longestSeconds, uptimeSeconds, type Trace } from './programs.ts';
import { createRandom } from './random.ts';

/** Longer than this a round does not take, even on a machine that is busy with other things. */
const roundMs = 120_000;
/** What happens in a round besides calls and a kill; what stands here more often happens more often. */
const happenings = [
  ...(['full', 'stop'] as const).flatMap((one) => [one, one, one]),
  ...(['reload', 'reload', 'reload', 'reload'] as const),
  ...Array.from({ length: 10 }, () => 'nothing' as const),
];
/** Fewer than the history keeps, so that what a round was told of is still there in the next one. */
const callsPerRound = 250;

export interface TortureOptions {
  readonly place: Place;
  /** The program, with its first arguments. */
  readonly command: readonly string[];
  readonly disk: Disk;
  readonly seed: number;
  readonly kills: number;
  /** Aborted by Ctrl-C: nothing more is started, and what was started is ended. */
  readonly stop: AbortSignal;
  readonly onProgress: (line: string) => void;
}

export interface TortureResult {
  readonly kills: number;
  readonly stops: number;
  readonly failedStarts: number;
  readonly told: Told;
  readonly seen: SeenHistory;
  readonly traces: ReadonlyMap<string, Trace>;
  /** How many runs ended in each way. */
  readonly ends: ReadonlyMap<string, number>;
  readonly violations: readonly string[];
  readonly seconds: number;
}

/** Kills a daemon so many times, lets everything come to its end, and judges. Always ends what it has started. */
export async function torture({
  place,
  command,
  disk,
  seed,
  kills,
  stop,
  onProgress,
}: TortureOptions): Promise<TortureResult> {
  const random = createRandom(seed);
  const told: Told = { acknowledged: [], brokenCalls: 0, statuses: new Map() };
  const seen: SeenHistory = { starts: new Set(), ends: new Map(), damagedLines: 0 };
  const lives: Life[] = [];
  const callers = createCallers(place.port, random, told);
  const historyFile = path.join(place.folder, 'history.jsonl');
  const beganSeconds = uptimeSeconds();
  let [killed, stops, failedStarts, round] = [0, 0, 0, 0];
  let daemon: TorturedDaemon | undefined;

  const start = (): TorturedDaemon => {
    writeConfig(place, ++round);
    return (daemon = startDaemon(place, command));
  };
  const end = async (by: TorturedDaemon, hadRoom = true): Promise<void> => {
    const how = await within(by.ended, 'the end of the daemon');
    lives.push({ fromSeconds: by.fromSeconds, untilSeconds: uptimeSeconds(), hadRoom });
    if (how === 'SIGKILL') killed++;
    else stops++;
    lookAt(historyFile, seen);
  };
  /** Calls, and meanwhile whatever happens in this round. Ends with the daemon. */
  const live = async (by: TorturedDaemon): Promise<void> => {
    const calling = callers.run(1 + random.below(12), callsPerRound);
    await pause(random.percent(10) ? 6000 + random.below(2000) : random.below(1500));
    const happening = random.pick(happenings);
    let isFull = false;
    if (happening === 'full') {
      disk.fill(by);
      isFull = true;
      await pause(random.below(600));
      if (random.percent(50)) {
        disk.free(by);
        isFull = false;
        await pause(random.below(600));
      }
    } else if (happening === 'reload') {
      writeConfig(place, ++round);
      if (random.percent(50)) by.signal('SIGHUP');
      await pause(random.below(400));
    } else if (happening === 'stop') {
      by.signal('SIGTERM');
      await pause(random.below(700));
    }
    // Most orderly stops are killed as well, somewhere in their course.
    if (happening !== 'stop' || random.percent(70)) by.signal('SIGKILL');
    await within(by.ended, 'the end of the daemon');
    await calling.stop();
    if (isFull) disk.free(by);
    await end(by, happening !== 'full');
  };

  try {
    while (killed < kills) {
      stop.throwIfAborted();
      const by = start();
      if (random.percent(12)) {
        await pause(random.below(500));
        by.signal('SIGKILL');
        await by.answers;
        await end(by);
      } else if (await by.answers) {
        lookAt(historyFile, seen);
        await live(by);
      } else {
        failedStarts++;
        throw new Error(`The daemon did not start: ${String(await by.ended)}`);
      }
      if (round % 10 === 0)
        onProgress(
          `${killed} kills, ${seen.starts.size} runs, ${told.brokenCalls} broken calls, ${(uptimeSeconds() - beganSeconds).toFixed(0)} s`,
        );
    }
    const last = start();
    if (!(await last.answers)) throw new Error('The daemon did not start for the last time');
    await settle(historyFile, seen);
    last.signal('SIGTERM');
    await end(last);
    const traces = loadTraces(place.traceFile);
    const leftOver = [...traces.values()]
      .flatMap(({ begun }) => begun.map(({ pid }) => pid))
      .filter((pid) => isOurs(pid, place.traceFile));
    const violations = findViolations({ ...told, ...seen, traces, lives, leftOver });
    const ends = new Map<string, number>();
    for (const all of seen.ends.values())
      for (const { kind } of all) ends.set(kind, (ends.get(kind) ?? 0) + 1);
    return {
      kills: killed,
      stops,
      failedStarts,
      told,
      seen,
      traces,
      ends,
      violations,
      seconds: uptimeSeconds() - beganSeconds,
    };
  } finally {
    if (daemon?.isAlive() === true) daemon.signal('SIGKILL');
    for (const { begun } of loadTraces(place.traceFile).values())
      for (const { pid } of begun) if (isOurs(pid, place.traceFile)) process.kill(pid, 'SIGKILL');
  }
}

/** Waits until every run has an end, or none comes any more: long after each program has ended. */
async function settle(historyFile: string, seen: SeenHistory): Promise<void> {
  const untilMs = performance.now() + longestSeconds * 1000 + 30_000;
  do {
    await pause(200);
    lookAt(historyFile, seen);
  } while ([...seen.starts].some((run) => !seen.ends.has(run)) && performance.now() < untilMs);
}

/** Whether a process is one of ours, and not another one that was given its id since. */
function isOurs(pid: number, traceFile: string): boolean {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(traceFile);
  } catch {
    return false;
  }
}

async function within<T>(promise: Promise<T>, what: string): Promise<T> {
  const done = new AbortController();
  const tooLong = pause(roundMs, undefined, { signal: done.signal }).then(() => {
    throw new Error(`Waited in vain for ${what}`);
  });
  tooLong.catch(() => {});
  try {
    return await Promise.race([promise, tooLong]);
  } finally {
    done.abort();
  }
}
