// Why a request with the right keys starts nothing, for the log: a wrong method, a preview, a broken rule, a path with something too much.
import type { IncomingMessage } from 'node:http';
import type { Refusal } from '../attempts/attempt.ts';
import type { Admitted } from '../entry/gate.ts';
import type { Logger } from '../log/log.ts';
import type { BrokenRule } from './broken-rules.ts';

/** How often a request with the right keys that never starts anything is logged. */
const noteEveryMs = 60_000;

/** Why a request with the right keys starts nothing, in words that follow a colon. */
interface Hindrance {
  readonly why: string;
  /** Whether the client or a proxy is set up wrongly. */
  readonly isMistake: boolean;
}

/** Why such a request starts nothing. */
export function toHindrance(
  mismatch: Refusal | 'preview' | 'pasted',
  { method = '', url = '' }: IncomingMessage,
  broken: BrokenRule | undefined,
): Hindrance {
  if (broken !== undefined) return { why: `it breaks a rule of HTTP (${broken.rule})`, isMistake: true };
  if (mismatch === 'pasted')
    return {
      why: 'something was copied along with its address, such as a space, a quotation mark or a full stop',
      isMistake: true,
    };
  if (mismatch === 'path') return { why: toPathMistake(url.split(/[?#]/, 1)[0] ?? ''), isMistake: true };
  const why =
    mismatch === 'preview' && (method === 'GET' || method === 'POST')
      ? 'it looks like a prefetch, a preview, or a part of another page'
      : `${method} never starts anything`;
  return { why, isMistake: mismatch === 'method' };
}

function toPathMistake(path: string): string {
  if (path.endsWith('/')) return 'its address ends with a slash';
  return path.includes('//')
    ? 'its address contains two slashes in a row'
    : 'its address contains more than the two keys; a proxy for a sub-path has to remove that path';
}

/** Logs why a request with the right keys started nothing, at most once a minute for each task and reason. */
export function createHindranceLog(
  logger: Logger,
): (opened: Admitted, request: IncomingMessage, hindrance: Hindrance) => void {
  const notedMs = new Map<string, number>();
  return ({ task, name, label, address }, { method }, hindrance) => {
    const nowMs = performance.now();
    // A monitor that sends HEAD every minute must not hide what is to be repaired.
    const key = hindrance.isMistake ? `${task}\n${hindrance.why}` : task;
    if (nowMs - (notedMs.get(key) ?? -Infinity) < noteEveryMs) return;
    notedMs.set(key, nowMs);
    const whose = label === undefined ? address : `${label}, ${address}`;
    logger.info(
      { event: 'ignored', task, label, address, method },
      `Did not start ${name} for ${whose}: ${hindrance.why}`,
    );
  };
}
