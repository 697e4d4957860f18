// A disk that fills while 50 runs go on, and has room again later.
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { toNote, toRow, type Row } from '../bench/report.ts';
import { startDaemon } from '../bench/servers.ts';
import { createDisk } from '../full-disk.ts';
import { loadHistory, startSome } from './runs.ts';

/** 50 runs, whose ends come while nothing can be written, and calls all the while. */
export async function fillDisk(folder: string): Promise<Row[]> {
  const own = path.join(folder, 'disk');
  const ranFile = path.join(folder, 'ran');
  const disk = createDisk(own);
  try {
    const run = (seconds: number): object => ({
      command: ['/bin/sh', '-c', 'echo $REMOTETASK_RUN >>"$0"; exec sleep "$1"', ranFile, String(seconds)],
    });
    const daemon = await startDaemon(own, { long: run(4), short: run(0) });
    const { accepted } = await startSome(daemon, 'long', 50);
    disk.fill(daemon);
    const fullMs = performance.now();
    let refused = 0;
    // Pages that are half full take a few lines more.
    while (performance.now() - fullMs < 6000) {
      const called = await startSome(daemon, 'short', 5);
      accepted.push(...called.accepted);
      refused += called.refused;
      await pause(100);
    }
    const lastRefused = (await startSome(daemon, 'short', 1)).refused === 1;
    disk.free(daemon);
    const freeMs = performance.now();
    let recovered = await startSome(daemon, 'short', 1);
    for (; recovered.accepted.length === 0 && performance.now() - freeMs < 30_000; await pause(50))
      recovered = await startSome(daemon, 'short', 1);
    const recoveredMs = performance.now() - freeMs;
    accepted.push(...recovered.accepted);
    let history = loadHistory(own);
    for (
      const untilMs = performance.now() + 30_000;
      history.ended.size < accepted.length && performance.now() < untilMs;
      await pause(100)
    )
      history = loadHistory(own);
    await daemon.stop();
    const ran = fs.readFileSync(ranFile, 'utf8').split('\n').slice(0, -1);
    const lost = accepted.filter((id) => history.ended.get(id) !== 'succeeded' || !ran.includes(id)).length;
    const unaccepted =
      ran.filter((id) => !accepted.includes(id)).length +
      [...history.started].filter((id) => !accepted.includes(id)).length;
    return [
      {
        what: `A disk that fills while 50 runs go on (${disk.what}): accepted and lost`,
        is: `${lost} of ${accepted.length}`,
        target: '0',
        holds: lost === 0,
      },
      {
        what: 'The same: not accepted, but started or written down',
        is: `${unaccepted} of ${refused}`,
        target: '0',
        holds: unaccepted === 0 && lastRefused,
      },
      toRow('The same: from free room to the next start', recoveredMs, { below: 10_000 }, ' ms'),
      toNote('The same: runs begun twice', String(ran.length - new Set(ran).size)),
    ];
  } finally {
    disk.remove();
  }
}
