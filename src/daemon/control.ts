// The control socket: how a command line on the same machine speaks to the daemon. Only its own user and root can open it.
import fs from 'node:fs';
import http from 'node:http';
import type { Socket } from 'node:net';
import { toTyped } from '../called.ts';
import { changeLinks, listLinks } from './control-links.ts';
import type { Links } from '../entry/links.ts';
import type { Blocks } from '../entry/blocks.ts';
import { toErrorCode } from '../errors.ts';
import { renderHealthJson, type Health } from '../health.ts';
import type { Recorder } from '../attempts/recorder.ts';
import { logBug } from '../log/bug.ts';
import type { Logger } from '../log/log.ts';
import type { Runs } from '../runs/runs.ts';
import { catchListenerBugs } from '../listener/listener-bugs.ts';
import { renderRunJson, renderRunLine } from '../http/run-text.ts';
import { waitForEnd } from '../http/wait.ts';
import { answerStart, type StartParts } from './control-start.ts';
import { controlPaths, type Status } from './status.ts';

/** How long the answer to a stop request waits for the run to end. */
const stopWaitMs = 60_000;

export interface Control {
  /** Stops listening, and ends all connections except those that wait for the end of the process. */
  close(): void;
}

export interface ControlParts extends StartParts {
  readonly path: string;
  readonly runs: Pick<Runs, 'stop' | 'live'>;
  readonly recorder: Pick<Recorder, 'stopped' | 'attempted'>;
  readonly health: () => Health;
  readonly status: () => Status;
  /** Stops the daemon, and starts it again if asked to. */
  readonly stop: (how: { readonly restarts: boolean }) => void;
  readonly blocks: Pick<Blocks, 'block' | 'unblock'>;
  readonly links: Pick<Links, 'list' | 'isOpen' | 'create' | 'end'>;
  readonly logger: Logger;
}

/**
 * Opens the control socket; `controlPaths` lists what it answers. `GET /` lists the runs under way, `POST /RUN` stops the run whose id
 * begins with RUN and returns how it ended. If the socket cannot be created (a path of more than 107 bytes, a share without sockets), a warning is logged.
 */
export function openControl(parts: ControlParts): Control {
  const { path, logger } = parts;
  const sockets = new Set<Socket>();
  const kept = new Set<Socket>();
  /** Keeps the connection until the process ends: the system closes it then, and not a moment earlier. */
  const keep = (request: http.IncomingMessage, response: http.ServerResponse): void => {
    kept.add(request.socket);
    response.writeHead(202).flushHeaders();
  };
  const server = http.createServer((request, response) => {
    answer(request, response, keep, parts).catch((error: unknown) => {
      logBug(logger, error, 'The command line got no answer');
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => [sockets, kept].forEach((all) => all.delete(socket)));
  });
  catchListenerBugs(server, logger);
  const warn = (error: unknown): void => {
    logger.warn(
      { event: 'control-unusable', code: toErrorCode(error) },
      `${toTyped('stop')} will not work: no socket can be made at ${path} (${toErrorCode(error)})`,
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
      for (const socket of sockets) if (!kept.has(socket)) socket.destroy();
    },
  };
}

async function answer(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  keep: (request: http.IncomingMessage, response: http.ServerResponse) => void,
  parts: ControlParts,
): Promise<void> {
  const { runs, recorder, health, status, stop, blocks } = parts;
  const { method, url = '' } = request;
  const send = (code: number, body: string): void => void response.writeHead(code).end(body);
  if (method === 'GET')
    switch (url) {
      case controlPaths.health:
        return send(200, renderHealthJson(health()));
      case controlPaths.status:
        return send(200, `${JSON.stringify(status())}\n`);
      case controlPaths.end:
        return status().stopping ? keep(request, response) : send(204, '');
      case controlPaths.links:
        return send(200, `${JSON.stringify(listLinks(parts.links))}\n`);
      default:
        return send(
          200,
          runs
            .live()
            .map((feed) => renderRunJson({ ...feed.view(), output: undefined }))
            .join(''),
        );
    }
  if (method === 'POST' && (url === controlPaths.stop || url === controlPaths.restart)) {
    keep(request, response);
    return stop({ restarts: url === controlPaths.restart });
  }
  const words = toWords(url);
  if (words === undefined) return send(400, '');
  const [first = '', second, third] = words;
  if (method === 'POST' && first === 'links') return send(changeLinks(words.slice(1), parts), '');
  if (method === 'POST' && first === 'keys' && (second === 'block' || second === 'unblock'))
    return send(statusOfBlock[blocks[second](third ?? '', 'the command line')], '');
  if (method === 'POST' && first === 'start' && second !== undefined)
    return await answerStart(second, response, parts);
  const run = method === 'POST' && second === undefined ? runs.stop(first) : undefined;
  if (run === undefined) return send(404, '');
  recorder.stopped(run.view(), { label: 'command line' });
  const view = { ...(await waitForEnd(run, stopWaitMs, new AbortController().signal)), output: undefined };
  return send(200, request.headers.accept === 'application/json' ? renderRunJson(view) : renderRunLine(view));
}

const statusOfBlock = { done: 200, unknown: 404, unwritten: 503 } as const;

/** The parts of a path; undefined where they are not properly encoded. */
function toWords(path: string): readonly string[] | undefined {
  try {
    return path.slice(1).split('/').map(decodeURIComponent);
  } catch {
    return undefined;
  }
}
