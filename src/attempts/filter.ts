// Which attempts match a search, and a quick text check that avoids parsing most lines.
import { createJsonPartTest, createPartTest } from '../fold-text.ts';
import { createNetworkTest } from '../values/network.ts';
import { isWithin, type Period } from '../values/period.ts';
import type { Attempt, AttemptLine, AttemptResult } from './attempt.ts';

/** How many addresses one search remembers. */
const maxKnown = 10_000;
const addressStart = '"address":"';
const taskStart = '"task":"';
const timeStart = '"at":"';
/** The length of a time in ISO 8601, UTC. */
const timeLength = '2026-11-30T00:00:00.000Z'.length;

/** A search; all given criteria must match. */
export interface AttemptFilter {
  readonly result?: AttemptResult | undefined;
  readonly task?: string | undefined;
  /** An address or a network, in the form that `Network` accepts. */
  readonly network?: string | undefined;
  /** A part of the label, ignoring case and accents. */
  readonly label?: string | undefined;
  /** A part of anything except the time, ignoring case and accents. */
  readonly text?: string | undefined;
  readonly period?: Period | undefined;
  /** The tasks whose names have that text: an attempt contains only the id of its task. */
  readonly textTasks?: readonly string[] | undefined;
}

export interface AttemptTest {
  /**
   * Whether whole lines could be of the period: not if the first and the last are both before it, or both behind it. Attempts that
   * a clock gave another time than those around them may be missed.
   */
  isNearPeriod(lines: Buffer): boolean;
  /** Whether one or many lines of JSON could contain a match; true if only `fits` can decide. */
  mayHold(json: string): boolean;
  fits(attempt: Attempt & Partial<Pick<AttemptLine, 'at'>>): boolean;
}

export function createAttemptTest({
  result,
  task,
  network,
  label,
  text,
  period,
  textTasks = [],
}: AttemptFilter): AttemptTest {
  const isNear = network === undefined ? () => true : createNearTest(network);
  const hasLabel = createPartTest(label);
  const hasText = createPartTest(text);
  const mayHoldLabel = createJsonPartTest(label);
  const mayHoldText = createJsonPartTest(text);
  const named = new Set(textTasks);
  const namedInJson = new Set(textTasks.map((id) => JSON.stringify(id).slice(1, -1)));
  const parts = [
    ...(result === undefined ? [] : [`"result":${JSON.stringify(result)}`]),
    ...(task === undefined ? [] : [`"task":${JSON.stringify(task)}`]),
  ];
  return {
    isNearPeriod: (lines) => period === undefined || mayBeWithin(period, lines),
    mayHold: (json) =>
      parts.every((part) => json.includes(part)) &&
      mayHoldLabel(json) &&
      (mayHoldText(json) || (named.size > 0 && mayHoldValue(json, taskStart, (id) => namedInJson.has(id)))) &&
      (network === undefined || mayHoldValue(json, addressStart, isNear)),
    fits: (attempt) =>
      (result === undefined || attempt.result === result) &&
      (task === undefined || attempt.task === task) &&
      (period === undefined || isWithin(period, Date.parse(attempt.at ?? ''))) &&
      (network === undefined || isNear(attempt.address ?? '')) &&
      hasLabel(attempt.label) &&
      ((attempt.task !== undefined && named.has(attempt.task)) ||
        [
          attempt.result,
          attempt.address,
          attempt.label,
          attempt.task,
          attempt.run,
          ...Object.keys(attempt.networks ?? {}),
        ].some(hasText)),
  };
}

/**
 * Creates a test whether an address is in a network. Most addresses of an IPv4 network's search are far away, which their first
 * bytes show a hundred times faster than the full test.
 */
function createNearTest(network: string): (address: string) => boolean {
  const test = createCachedTest(createNetworkTest([network]));
  const [, bytes = '', bits = '32'] = /^([\d.]+)(?:\/(\d+))?$/.exec(network) ?? [];
  const whole = Math.min(3, Math.floor(Number(bits) / 8));
  if (bytes === '' || whole === 0) return test;
  const start = `${bytes.split('.').slice(0, whole).join('.')}.`;
  return (address) => (address.startsWith(start) || address.includes(':')) && test(address);
}

/** The same test, with its results remembered for each address. */
function createCachedTest(test: (address: string) => boolean): (address: string) => boolean {
  const known = new Map<string, boolean>();
  return (address) => {
    const remembered = known.get(address);
    if (remembered !== undefined) return remembered;
    const isNear = test(address);
    if (known.size >= maxKnown) known.clear();
    known.set(address, isNear);
    return isNear;
  };
}

function mayBeWithin({ fromMs, untilMs }: Period, lines: Buffer): boolean {
  const [first, last] = [lines.indexOf(timeStart), lines.lastIndexOf(timeStart)].map((at) =>
    Date.parse(lines.toString('latin1', at + timeStart.length, at + timeStart.length + timeLength)),
  );
  const areBoth = (isOutside: (ms: number) => boolean): boolean =>
    [first, last].every((ms) => isOutside(ms ?? NaN));
  return !areBoth((ms) => ms < fromMs) && !areBoth((ms) => ms >= untilMs);
}

/**
 * Checks each value itself: an address has many spellings, and proxies forward any of them, so the addresses
 * of a network have no common text. A value with an escaped character may be any value.
 */
function mayHoldValue(json: string, start: string, fits: (value: string) => boolean): boolean {
  for (let at = json.indexOf(start); at !== -1; at = json.indexOf(start, at)) {
    at += start.length;
    const value = json.slice(at, json.indexOf('"', at));
    if (fits(value) || value.endsWith('\\')) return true;
  }
  return false;
}
