// A worker that is a process of its own: the daemon connects to its socket, and again whenever the connection ends.
import net from 'node:net';
import type { Clock } from '../clock.ts';
import { toErrorCode } from '../errors.ts';
import type { History } from '../history/history.ts';
import type { Logger } from '../log/log.ts';
import { toEarlier } from '../runs/taken-up.ts';
import { createWorkerClient } from '../worker/client.ts';
import { isToServer, type ToServer, type ToWorker } from '../worker/contract.ts';
import { createSocketLink, type LinkEndReason, type SocketLink } from '../worker/socket-link.ts';
import type { DaemonWorker } from './inside-worker.ts';

/** How soon the worker is looked for again, at first and at most. */
const firstPauseMs = 200;
const longestPauseMs = 5000;
/** How long the start of the daemon waits for a worker that does not answer. */
const startMs = 5000;

/** Why the worker is away, as the end of a sentence in brackets. */
const causes: Readonly<Record<LinkEndReason, string>> = {
  closed: 'it ended the connection',
  'other-version': 'it is of another version of remotetask; install the same one for both',
  'against-contract': 'it answered in a form that is not understood',
  unread: 'it does not read',
  silent: 'it does not answer',
};

/** Connects to the worker; resolves once it is there, or known to be away. `onFacts` is called with each change of what it reports. */
export async function openSocketWorker({
  socket,
  history,
  onFacts,
  logger,
  clock,
}: {
  readonly socket: string;
  readonly history: Pick<History, 'runs'>;
  readonly onFacts: () => void;
  readonly logger: Logger;
  readonly clock: Clock;
}): Promise<DaemonWorker> {
  const describe = (run: string): ReturnType<typeof toEarlier> | undefined => {
    const record = history.runs.find(run);
    return record === undefined ? undefined : toEarlier(record, { history, clock });
  };
  const client = createWorkerClient({ logger, clock, describe, onNases: onFacts });
  const { promise: known, resolve: setKnown } = Promise.withResolvers<void>();
  let link: SocketLink<ToWorker, ToServer> | undefined;
  let problem: string | undefined = 'it has not answered yet';
  let logged: string | undefined;
  let pauseMs = firstPauseMs;
  let retry: NodeJS.Timeout | undefined;
  let isClosed = false;

  const setThere = (): void => {
    problem = undefined;
    pauseMs = firstPauseMs;
    if (logged !== undefined)
      logger.info({ event: 'worker-there', socket }, `The worker at ${socket} is there again`);
    logged = undefined;
    setKnown();
  };
  const setAway = (cause: string): void => {
    if (isClosed) return;
    client.detach();
    problem = cause;
    if (logged !== cause)
      logger.error(
        { event: 'worker-away', socket, cause },
        `The worker at ${socket} is away (${cause}); no task is started until it is there`,
      );
    logged = cause;
    setKnown();
    retry = setTimeout(connect, pauseMs);
    pauseMs = Math.min(longestPauseMs, pauseMs * 2);
  };
  const connect = (): void => {
    const stream = net.connect(socket);
    let cause: string | undefined;
    stream.once('error', (error) => void (cause = toErrorCode(error)));
    const next = createSocketLink<ToWorker, ToServer>(stream, {
      check: isToServer,
      onGreeted({ instance }) {
        setThere();
        client.attach(next, instance);
      },
      onEnd: (why) => setAway(cause ?? causes[why]),
    });
    link = next;
  };
  connect();
  const tooLate = setTimeout(setKnown, startMs);
  await known;
  clearTimeout(tooLate);
  return {
    ...client,
    problem: () => (problem === undefined ? undefined : `The worker at ${socket} is away (${problem})`),
    begin() {},
    use() {},
    close() {
      isClosed = true;
      clearTimeout(retry);
      link?.close();
      // The worker reads what its programs print.
      return Promise.resolve(new Set());
    },
  };
}
