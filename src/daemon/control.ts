// The control socket: how a command line on the same machine speaks to the daemon. Only its own user and root can open it.
import fs from 'node:fs';
import http from 'node:http';
import { toErrorCode } from '../errors.ts';
import { renderHealthJson, type Health } from '../health.ts';
import type { Recorder } from '../attempts/recorder.ts';
import { logBug } from '../log/bug.ts';
import type { Logger } from '../log/log.ts';
import type { Runs } from '../runs/runs.ts';
import { catchListenerBugs } from '../listener/listener-bugs.ts';
import { renderRunJson, renderRunLine } from '../http/run-text.ts';
import { waitForEnd } from '../http/wait.ts';

/** How long the answer to a stop request waits for the run to end. */
const stopWaitMs = 60_000;

/** The path that reports the daemon's health. */
export const healthPath = '/health';

export interface Control {
  close(): void;
}

/**
 * Opens the control socket: `GET /` lists the runs under way, `GET /health` returns the daemon's health, `POST /RUN` stops the run whose id begins with RUN
 * and returns how it ended. If the socket cannot be created (a path of more than 107 bytes, a share without sockets), a warning is logged.
 */
export function openControl({
  path,
  runs,
  recorder,
  health,
  logger,
}: {
  readonly path: string;
  readonly runs: Pick<Runs, 'stop' | 'live'>;
  readonly recorder: Pick<Recorder, 'stopped'>;
  readonly health: () => Health;
  readonly logger: Logger;
}): Control {
  const answer = async (request: http.IncomingMessage): Promise<{ status: number; body: string }> => {
    if (request.method === 'GET' && request.url === healthPath)
      return { status: 200, body: renderHealthJson(health()) };
    if (request.method === 'GET')
      return {
        status: 200,
        body: runs
          .live()
          .map((feed) => renderRunJson({ ...feed.view(), output: undefined }))
          .join(''),
      };
    const id = toRunId(request.url);
    if (id === undefined) return { status: 400, body: '' };
    const run = request.method === 'POST' ? runs.stop(id) : undefined;
    if (run === undefined) return { status: 404, body: '' };
    recorder.stopped(run.view(), { label: 'command line' });
    const view = await waitForEnd(run, stopWaitMs, new AbortController().signal);
    return { status: 200, body: renderRunLine({ ...view, output: undefined }) };
  };
  const server = http.createServer((request, response) => {
    answer(request).then(
      ({ status, body }) => response.writeHead(status).end(body),
      (error: unknown) => {
        logBug(logger, error, 'The command line got no answer');
        response.writeHead(500).end();
      },
    );
  });
  catchListenerBugs(server, logger);
  const warn = (error: unknown): void => {
    logger.warn(
      { event: 'control-unusable', code: toErrorCode(error) },
      `\`remotetask stop\` will not work: no socket can be made at ${path} (${toErrorCode(error)})`,
    );
  };
  server.on('error', warn);
  const umask = process.umask(0o177);
  try {
    fs.rmSync(path, { force: true });
    server.listen(path);
  } catch (error) {
    warn(error);
  } finally {
    process.umask(umask);
  }
  return {
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** What a path names: the id of a run, or the beginning of one; undefined where it is not properly encoded. */
function toRunId(path = ''): string | undefined {
  try {
    return decodeURIComponent(path.slice(1));
  } catch {
    return undefined;
  }
}
