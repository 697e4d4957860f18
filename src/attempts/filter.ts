// Which attempts match a search, and a quick text check that avoids parsing most lines.
import { createNetworkTest } from '../values/network.ts';
import type { Attempt, AttemptResult } from './attempt.ts';

/** How many addresses one search remembers. */
const maxKnown = 10_000;
const addressStart = '"address":"';

/** A search; all given criteria must match. */
export interface AttemptFilter {
  readonly result?: AttemptResult | undefined;
  readonly task?: string | undefined;
  /** An address or a network, in the form that `Network` accepts. */
  readonly network?: string | undefined;
  /** A part of the label, ignoring case. */
  readonly label?: string | undefined;
  /** A part of anything except the time, ignoring case. */
  readonly text?: string | undefined;
}

export interface AttemptTest {
  /** Whether one or many lines of JSON could contain a match; true if only `fits` can decide. */
  mayHold(json: string): boolean;
  fits(attempt: Attempt): boolean;
}

export function createAttemptTest({ result, task, network, label, text }: AttemptFilter): AttemptTest {
  const isNear = network === undefined ? () => true : createCachedTest(createNetworkTest([network]));
  const hasLabel = createPartTest(label);
  const hasText = createPartTest(text);
  const parts = [
    ...(result === undefined ? [] : [`"result":${JSON.stringify(result)}`]),
    ...(task === undefined ? [] : [`"task":${JSON.stringify(task)}`]),
  ];
  return {
    mayHold: (json) =>
      parts.every((part) => json.includes(part)) &&
      [label, text].every((part) => mayHoldPart(json, part)) &&
      (network === undefined || mayHoldAddress(json, isNear)),
    fits: (attempt) =>
      (result === undefined || attempt.result === result) &&
      (task === undefined || attempt.task === task) &&
      (network === undefined || isNear(attempt.address ?? '')) &&
      hasLabel([attempt.label]) &&
      hasText([
        attempt.result,
        attempt.address,
        attempt.label,
        attempt.task,
        attempt.run,
        ...Object.keys(attempt.networks ?? {}),
      ]),
  };
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

function createPartTest(part: string | undefined): (texts: readonly (string | undefined)[]) => boolean {
  if (part === undefined) return () => true;
  const wanted = part.toLowerCase();
  return (texts) => texts.some((text) => text?.toLowerCase().includes(wanted) === true);
}

/**
 * Checks each address itself: an address has many spellings, and proxies forward any of them, so the addresses
 * of a network have no common text.
 */
function mayHoldAddress(json: string, isNear: (address: string) => boolean): boolean {
  for (let at = json.indexOf(addressStart); at !== -1; at = json.indexOf(addressStart, at)) {
    at += addressStart.length;
    if (isNear(json.slice(at, json.indexOf('"', at)))) return true;
  }
  return false;
}

function mayHoldPart(json: string, part: string | undefined): boolean {
  return part === undefined || json.toLowerCase().includes(JSON.stringify(part).slice(1, -1).toLowerCase());
}
