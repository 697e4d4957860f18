// `remotetask run`: starts a task through the daemon, shows its output as it arrives, and ends as the run ended.
import os from 'node:os';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { styleText } from 'node:util';
import { renderPath } from '../config/finding.ts';
import { loadConfig } from '../config/load.ts';
import { controlPaths, RunEndReport, startHeaders, StartRefusal } from '../daemon/status.ts';
import { AppError } from '../errors.ts';
import { toControlPath } from '../history/control-path.ts';
import { toOneLine } from '../untrusted-text.ts';
import { openRequest, toNotRunning, toOlder } from './ask-daemon.ts';
import type { Command } from './command.ts';

/** As the shell counts what ended by a signal. */
const signalBase = 128;
const timedOut = 124;
const unknownEnd = 125;

export const run: Command = {
  name: 'run',
  operands: [{ name: 'TASK', kind: 'task' }],
  summary: 'Starts a task through the daemon, and shows its output until it ends',
  details: [
    "The task's policies apply as for any call: it may join a run under way, or wait behind one; only `confirm` and `allow` do not matter. The output goes to standard output, as far as the task's `output` allows; everything else goes to standard error. Ctrl-C leaves the run alone.",
  ],
  statuses: {
    '0': 'the run succeeded',
    '1 to 255': 'the exit status of the command; 1 also without one, and 128 plus its number after a signal',
    '3': 'no daemon of this config is running',
    '75': 'the task was not started: it is busy, its hours or its limit do not allow it, or it cannot be written down',
    '124': 'the run timed out',
    '125': 'how the run ended is not known',
    '130': 'Ctrl-C; the run continues',
    '143': 'the run was stopped',
  },
  async run({ configFile, operands: [task = ''], env, called }) {
    const { history, tasks } = loadConfig(configFile, env);
    const socketPath = toControlPath(history.path);
    const response = await openRequest(socketPath, { method: 'POST', path: controlPaths.start(task) }).catch(
      (error: unknown) => {
        throw toNotRunning(error);
      },
    );
    if (response.statusCode !== 200) throw toRefusal(await text(response), response.statusCode);
    const id = String(response.headers[startHeaders.run] ?? '');
    const result = String(response.headers[startHeaders.result] ?? '');
    console.error(styleText('dim', `${renderResult(result)} ${id}`, { stream: process.stderr }));
    if (tasks.find(({ id }) => id === task)?.output === 'none')
      console.error(
        styleText('dim', `What it prints is not shown: ${renderPath(['tasks', task, 'output'])} is "none"`, {
          stream: process.stderr,
        }),
      );
    process.once('SIGINT', () => {
      console.error(`\nThe run continues; \`${called} stop ${id}\` stops it`);
      process.exit(signalBase + os.constants.signals.SIGINT);
    });
    try {
      await pipeline(response, process.stdout, { end: false });
    } catch {
      // The connection broke, as it does when the daemon ends; what is known follows.
    }
    const end = parseEnd(response.trailers[startHeaders.end]);
    if (end === undefined) {
      console.error(
        `The connection to the daemon broke; the run may continue, and \`${called} log\` shows how it ends`,
      );
      return unknownEnd;
    }
    console.error(
      styleText(end.outcome.kind === 'succeeded' ? 'green' : 'red', toOneLine(end.line), {
        stream: process.stderr,
      }),
    );
    return toStatus(end.outcome);
  },
};

function renderResult(result: string): string {
  if (result === 'joined') return 'Joined run';
  return result === 'queued' ? 'Waits behind an earlier run, as run' : 'Started run';
}

function toRefusal(body: string, status: number | undefined): AppError {
  const refusal = StartRefusal.safeParse(parseJson(body)).data;
  if (refusal === undefined) return toOlder();
  return status === 404
    ? new AppError('no-such-task', toOneLine(refusal.reason))
    : new AppError(
        'not-started',
        toOneLine(refusal.reason),
        refusal.run === undefined ? [] : [`Run ${refusal.run}`],
      );
}

/** The exit status for an outcome; docs/commands.md promises it. */
export function toStatus({ kind, exitCode, signal }: RunEndReport['outcome']): number {
  switch (kind) {
    case 'succeeded':
      return 0;
    case 'timed-out':
      return timedOut;
    case 'stopped':
      return signalBase + os.constants.signals.SIGTERM;
    case 'failed': {
      const numbers: Readonly<Record<string, number>> = os.constants.signals;
      const number = signal === undefined ? undefined : numbers[signal];
      return number === undefined ? (exitCode ?? 1) : signalBase + number;
    }
    default:
      return unknownEnd;
  }
}

function parseEnd(trailer: string | undefined): RunEndReport | undefined {
  return trailer === undefined
    ? undefined
    : RunEndReport.safeParse(parseJson(decodeURIComponent(trailer))).data;
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
