// Starts a task for the owner at the command line, and sends the output of its run as it arrives.
import type http from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Recorder } from '../attempts/recorder.ts';
import type { AdminDeps } from '../admin/pages/admin-deps.ts';
import { toErrorCode } from '../errors.ts';
import { renderFollowed } from '../http/live.ts';
import { renderRunLine } from '../http/run-text.ts';
import type { StartResult } from '../runs/runs.ts';
import { renderDuration } from '../values/duration.ts';
import { startHeaders, type RunEndReport } from './status.ts';

export interface StartParts {
  readonly start: AdminDeps['start'];
  readonly recorder: Pick<Recorder, 'attempted'>;
  /** The name of a task in the current config. */
  readonly findName: (task: string) => string | undefined;
}

/** Where starts from the command line come from, as history and log show them. */
const owner = { address: '127.0.0.1', label: 'command line' };

/** Answers with the output of the run that the start led to; its trailer has the outcome. A refusal is a line of JSON. */
export async function answerStart(
  task: string,
  response: http.ServerResponse,
  { start, recorder, findName }: StartParts,
): Promise<void> {
  const refuse = (status: number, result: string, reason: string, run?: string): void =>
    void response
      .writeHead(status)
      .end(`${JSON.stringify({ result, reason, ...(run === undefined ? {} : { run }) })}\n`);
  const name = findName(task) ?? task;
  const result = await start(task, owner);
  if (result === undefined)
    return refuse(404, 'no-such-task', `The daemon has no task "${task}" that may be started`);
  recorder.attempted(result, { intent: 'start', task, name, ...owner });
  if (result.kind !== 'started' && result.kind !== 'joined' && result.kind !== 'queued') {
    const run = 'run' in result ? result.run.view().run : undefined;
    return refuse(
      409,
      result.kind === 'not-now' ? result.why.code : result.kind,
      `${name} was not started: ${renderWhy(result)}`,
      run,
    );
  }
  const feed = result.run;
  response.writeHead(200, {
    trailer: startHeaders.end,
    [startHeaders.result]: result.kind,
    [startHeaders.run]: feed.view().run,
  });
  response.flushHeaders();
  const leaving = new AbortController();
  response.on('close', () => leaving.abort());
  const output = async function* (): AsyncGenerator<Uint8Array | string> {
    yield* renderFollowed(feed, leaving.signal, () => '');
    const view = { ...feed.view(), output: undefined };
    if (view.outcome === undefined) return;
    const end: RunEndReport = {
      run: view.run,
      task: view.task,
      name: view.name,
      outcome: view.outcome,
      line: renderRunLine(view).trimEnd(),
    };
    response.addTrailers({ [startHeaders.end]: encodeURIComponent(JSON.stringify(end)) });
  };
  try {
    await pipeline(output, response);
  } catch (error) {
    // The command line left, as Ctrl-C makes it; the run goes its way.
    if (!leaving.signal.aborted || toErrorCode(error) === 'unknown') throw error;
  }
}

function renderWhy(result: StartResult): string {
  switch (result.kind) {
    case 'busy':
      return 'it is running';
    case 'full':
      return 'its queue is full';
    case 'not-now':
      return `${result.why.code === 'hours' ? 'its hours do not allow it' : 'it was started as often as a day allows'}; it may be started in ${renderDuration(result.why.retryAfterSeconds * 1000)}`;
    case 'unwritable':
      return 'it cannot be written down';
    case 'closing':
      return 'the daemon is stopping';
    case 'away':
      return 'the worker is away';
    default:
      return '';
  }
}
