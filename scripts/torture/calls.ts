// Callers of the daemon under torture: many at once, each with a wish, and what they were told.
import { randomBytes } from 'node:crypto';
import http from 'node:http';
import type { Acknowledged } from './model.ts';
import { toTaskKey } from './programs.ts';
import type { Random } from './random.ts';

export const magicKey = 'magic-Zq3vT8mN1xK6cR0yW5bD';

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
}

/** One call over a connection of its own; `broken` where the connection broke before there was an answer, `refused` where there was no connection. */
export async function call(
  port: number,
  url: string,
  headers: http.OutgoingHttpHeaders = {},
): Promise<Answer | 'broken' | 'refused'> {
  return await new Promise((resolve) => {
    let isConnected = false;
    const request = http.get({ host: '127.0.0.1', port, path: url, headers, agent: false, timeout: 60_000 });
    request.once('socket', (socket) => socket.once('connect', () => (isConnected = true)));
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(isConnected ? 'broken' : 'refused'));
    request.once('response', (response) => {
      response.on('error', () => {}).resume();
      resolve({ status: response.statusCode ?? 0, headers: response.headers });
    });
  });
}

/** What the callers have been told so far. */
export interface Told {
  readonly acknowledged: Acknowledged[];
  brokenCalls: number;
  /** How many calls were answered with each status. */
  readonly statuses: Map<number, number>;
}

const frequent = [
  'quick',
  'quick',
  'fails',
  'prints',
  'slow',
  'slower',
  'talks',
  'queue',
  'join',
  'reject',
] as const;
/** How many Idempotency-Keys of before may be used once more. */
const rememberedKeys = 20;

/** Callers that start one task after the other until they are stopped; `told` collects what they are told. */
export function createCallers(
  port: number,
  random: Random,
  told: Told,
): { run(count: number, atMost: number): { stop(): Promise<void> } } {
  const keys: { readonly task: string; readonly key: string }[] = [];
  const chooseWish = (): { readonly task: string; readonly key: string | undefined } => {
    if (keys.length > 0 && random.percent(10)) return random.pick(keys);
    const task = random.pick(frequent);
    if (!random.percent(20)) return { task, key: undefined };
    const wish = { task, key: randomBytes(8).toString('hex') };
    keys.push(wish);
    if (keys.length > rememberedKeys) keys.shift();
    return wish;
  };
  /** Says whether there is still somebody to call. */
  const callOnce = async (): Promise<boolean> => {
    const { task, key } = chooseWish();
    const answer = await call(
      port,
      `/${magicKey}/${toTaskKey(task)}`,
      key === undefined ? {} : { 'idempotency-key': key },
    );
    if (answer === 'refused') return false;
    if (answer === 'broken') {
      told.brokenCalls++;
      return false;
    }
    told.statuses.set(answer.status, (told.statuses.get(answer.status) ?? 0) + 1);
    const run = answer.headers.location?.split('/').at(-1);
    if (answer.status === 202 && run !== undefined) {
      const isOthers = task === 'join' && answer.headers['x-run'] === 'joined';
      told.acknowledged.push({ run, task, isOthers, idempotencyKey: key });
    }
    return true;
  };
  return {
    run(count, atMost) {
      let left = atMost;
      let isStopped = false;
      const keepCalling = async (): Promise<void> => {
        while (!isStopped && left-- > 0) if (!(await callOnce())) return;
      };
      const calling = Promise.all(Array.from({ length: count }, keepCalling));
      return {
        async stop() {
          isStopped = true;
          await calling;
        },
      };
    },
  };
}
