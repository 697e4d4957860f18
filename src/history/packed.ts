// Runs as short texts: a packed run takes a fifth of the memory that its lines take as objects.
import { toIso } from '../clock.ts';
import type { RunBegin, RunEnd, RunRecord, RunStart } from './records.ts';

const success = 'succeeded';

/**
 * The values of a run by position; null means no value. Times are in milliseconds, and relative to the first one
 * after that; a plain success is a single word.
 */
type Packed = readonly [
  run: string,
  address: string,
  task: string,
  name: string,
  startMs: number,
  endsAfterMs: number | null,
  durationMs: number | null,
  outcome: RunEnd['outcome'] | typeof success | null,
  label?: string | null,
  idempotencyKey?: string | null,
  isQueued?: 1 | null,
  beginsAfterMs?: number | null,
  process?: RunBegin['process'] | null,
  dsm?: RunBegin['dsm'] | null,
  waitedMs?: number | null,
  then?: RunStart['then'] | null,
  follows?: string | null,
];

/**
 * Packs a run as JSON, so that each of its texts appears in it in JSON's notation. If the run has ended, the process and what DSM
 * had before are left out, because they only serve to find an active run.
 */
export function packRun({ start, begin, end }: RunRecord): string {
  const dsm = begin?.dsm;
  const startMs = Date.parse(start.at);
  const packed: Packed = [
    start.run,
    start.address,
    start.task,
    start.name,
    startMs,
    end === undefined ? null : Date.parse(end.at) - startMs,
    end?.durationMs ?? null,
    end === undefined ? null : isSuccess(end.outcome) ? success : end.outcome,
    start.label ?? null,
    start.idempotencyKey ?? null,
    start.isQueued === true ? 1 : null,
    begin === undefined ? null : Date.parse(begin.at) - startMs,
    (end === undefined ? begin?.process : undefined) ?? null,
    (end === undefined || dsm === undefined
      ? dsm
      : { ...dsm, trace: { ...dsm.trace, before: { keys: [] } } }) ?? null,
    end?.waitedMs ?? null,
    start.then ?? null,
    start.follows ?? null,
  ];
  return JSON.stringify(packed.slice(0, packed.findLastIndex((value) => value !== null) + 1));
}

/** Unpacks a run that `packRun` has packed. */
export function unpackRun(text: string): RunRecord {
  const packed: unknown = JSON.parse(text);
  if (!isPacked(packed)) throw new Error('Not a packed run');
  const [
    run,
    address,
    task,
    name,
    startMs,
    endsAfterMs,
    durationMs,
    outcome,
    label,
    idempotencyKey,
    isQueued,
    beginsAfterMs,
    process,
    dsm,
    waitedMs,
    then,
    follows,
  ] = packed;
  const start: RunStart = {
    event: 'start',
    run,
    task,
    name,
    at: toIso(startMs),
    address,
    ...(isThere(label) ? { label } : {}),
    ...(isThere(idempotencyKey) ? { idempotencyKey } : {}),
    ...(isThere(isQueued) ? { isQueued: true } : {}),
    ...(isThere(then) ? { then } : {}),
    ...(isThere(follows) ? { follows } : {}),
  };
  return {
    start,
    ...(isThere(beginsAfterMs)
      ? {
          begin: {
            event: 'begin',
            run,
            at: toIso(startMs + beginsAfterMs),
            ...(isThere(process) ? { process } : {}),
            ...(isThere(dsm) ? { dsm } : {}),
          },
        }
      : {}),
    ...(isThere(endsAfterMs) && isThere(outcome)
      ? {
          end: {
            event: 'end',
            run,
            at: toIso(startMs + endsAfterMs),
            ...(isThere(durationMs) ? { durationMs } : {}),
            ...(isThere(waitedMs) ? { waitedMs } : {}),
            outcome: outcome === success ? { kind: success, exitCode: 0 } : outcome,
          },
        }
      : {}),
  };
}

function isSuccess({ kind, exitCode, signal, reason }: RunEnd['outcome']): boolean {
  return kind === success && exitCode === 0 && signal === undefined && reason === undefined;
}

function isThere<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

/** A sufficient check for output of `packRun`. */
function isPacked(value: unknown): value is Packed {
  return Array.isArray(value);
}
