// All that a caller with the right keys ever learns: attempts and runs as status, headers and body.
import { renderDuration } from '../duration.ts';
import { renderState, type RunView } from '../runs/run.ts';
import type { Answer } from '../trigger.ts';
import { renderRunJson, renderRunText, toRunPath } from './run-text.ts';
import { renderQuestionPage, renderRefusalPage, renderRunPage } from './run-page.ts';

/** The forms in which an answer can be given; the first is what who accepts anything gets. */
export const formats = ['text/plain', 'text/html', 'application/json'] as const;
export type Format = (typeof formats)[number];

/** What became of an attempt whose keys were right. */
export type Attempt = Answer | { readonly kind: 'limited'; readonly retryAfterSeconds: number };

/** An answer, before it is written to anybody. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How an attempt on a task is answered. `hasWaited` says that the caller asked to wait for the end. */
export function toAttemptReply(
  attempt: Attempt,
  { name, format, hasWaited }: { readonly name: string; readonly format: Format; readonly hasWaited: boolean },
): Reply {
  const refuse = (status: number, sentence: string, headers: Readonly<Record<string, string>> = {}): Reply =>
    toRefusal(status, name, sentence, format, headers);
  switch (attempt.kind) {
    case 'started':
    case 'joined':
    case 'queued':
      return toStartReply(attempt.kind, attempt.run, format, hasWaited);
    case 'asked':
      if (format === 'text/html') return toReply(200, format, renderQuestionPage(name, attempt), {});
      return refuse(428, 'It asks first: open its address in a browser, and press the button there.');
    case 'busy':
      return refuse(409, 'It is running already, and was not started again.', { Location: toRunPath(attempt.run) });
    case 'full':
      return refuse(409, `Too many runs of it are waiting already. ${renderRetry(60)}`, {
        Location: toRunPath(attempt.run),
        'Retry-After': '60',
      });
    case 'not-now': {
      const why = attempt.why === 'hours' ? 'It may not be started at this hour.' : 'It was started as often as it may be within 24 hours.';
      return refuse(429, `${why} ${renderRetry(attempt.retryAfterSeconds)}`, { 'Retry-After': String(attempt.retryAfterSeconds) });
    }
    case 'limited':
      return refuse(429, `It was called too often. ${renderRetry(attempt.retryAfterSeconds)}`, {
        'Retry-After': String(attempt.retryAfterSeconds),
      });
    case 'unwritable':
      return refuse(503, 'The NAS cannot write down what it starts (is the disk full?), so it starts nothing.', { 'Retry-After': '60' });
    case 'closing':
      return refuse(503, 'The service is being stopped. Call again in a moment.', { 'Retry-After': '30' });
    default:
      return attempt satisfies never;
  }
}

/** How a wish to stop a run is answered; `stopping` is undefined where nothing can be stopped. */
export function toStopReply(view: RunView, stopping: RunView | undefined, format: Format): Reply {
  const headers = toRunHeaders(view);
  if (format === 'text/html') return toReply(303, 'text/plain', '', headers);
  if (stopping === undefined)
    return toRefusal(409, view.name, 'It cannot be stopped: it has ended, or its task is not `stoppable`.', format, headers, 'not stopped');
  if (format === 'application/json') return toReply(202, format, renderRunJson(stopping), headers);
  return toReply(202, format, `${view.name}: is being stopped, see ${toRunPath(view)}\n`, headers);
}

/** How a run is answered to who has its id. */
export function toRunReply(
  view: RunView,
  { format, hasWaited, isJoined }: { readonly format: Format; readonly hasWaited: boolean; readonly isJoined: boolean },
): Reply {
  const status = hasWaited ? toStatus(view) : 200;
  if (format === 'text/html') return toReply(200, format, renderRunPage(view, { isJoined }), toRunHeaders(view));
  if (format === 'application/json') return toReply(status, format, renderRunJson(view), toRunHeaders(view));
  return toReply(status, format, renderRunText(view), toRunHeaders(view));
}

function toStartReply(kind: 'started' | 'joined' | 'queued', view: RunView, format: Format, hasWaited: boolean): Reply {
  const headers = { ...toRunHeaders(view), 'X-Run': kind };
  if (format === 'text/html')
    return toReply(303, 'text/plain', '', { ...headers, Location: `${toRunPath(view)}${kind === 'joined' ? '?joined' : ''}` });
  const status = hasWaited ? toStatus(view) : 202;
  if (format === 'application/json') return toReply(status, format, renderRunJson(view, kind), headers);
  if (hasWaited && view.outcome !== undefined) return toReply(status, format, renderRunText(view), headers);
  const isOver = view.outcome !== undefined;
  const joined = isOver ? 'started earlier, not started again' : 'running already, not started again';
  const what = { started: 'started', joined, queued: isOver ? 'was queued' : 'waits behind an earlier run' }[kind];
  const how = view.outcome === undefined ? '' : `, ${renderState(view)}`;
  return toReply(status, format, `${view.name}: ${what}${how}, see ${toRunPath(view)}\n`, headers);
}

function toRefusal(
  status: number,
  name: string,
  sentence: string,
  format: Format,
  headers: Readonly<Record<string, string>>,
  state = 'not started',
): Reply {
  if (format === 'text/html') return toReply(status, format, renderRefusalPage(name, state, sentence), headers);
  if (format === 'application/json') return toReply(status, format, `${JSON.stringify({ name, error: sentence })}\n`, headers);
  return toReply(status, format, `${name}: ${state}. ${sentence}\n`, headers);
}

function renderRetry(seconds: number): string {
  return `Call again in ${renderDuration(seconds * 1000)}.`;
}

function toReply(status: number, format: Format, body: string, headers: Readonly<Record<string, string>>): Reply {
  return { status, headers: { ...headers, 'Content-Type': `${format}; charset=utf-8` }, body };
}

/** For who waited: 200 succeeded, 500 failed, 504 timed out, 202 still running or end not known. */
function toStatus({ outcome }: RunView): number {
  return outcome === undefined ? 202 : statusOfOutcome[outcome.kind];
}

const statusOfOutcome = { succeeded: 200, failed: 500, 'timed-out': 504, stopped: 500, lost: 202, unconfirmed: 202 } as const;

function toRunHeaders(view: RunView): Readonly<Record<string, string>> {
  const exitCode = view.outcome?.exitCode;
  return { Location: toRunPath(view), ...(exitCode === undefined ? {} : { 'X-Exit-Code': String(exitCode) }) };
}
