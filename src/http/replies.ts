// All that a caller with the right keys ever learns: attempts and runs as status, headers and body.
import { renderDuration } from '../duration.ts';
import { renderState, type RunView } from '../run.ts';
import type { StartResult } from '../runs.ts';
import { renderRefusalPage, renderRunPage } from './run-page.ts';

/** The forms in which an answer can be given; the first is what who accepts anything gets. */
export const formats = ['text/plain', 'text/html', 'application/json'] as const;
export type Format = (typeof formats)[number];

/** What became of an attempt whose keys were right. */
export type Attempt = StartResult | { readonly kind: 'limited'; readonly retryAfterSeconds: number };

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
  switch (attempt.kind) {
    case 'started':
    case 'joined':
      return toStartReply(attempt.kind, attempt.run, format, hasWaited);
    case 'busy':
      return toRefusal(409, name, 'It is running already, and was not started again.', format, { Location: toRunPath(attempt.run) });
    case 'limited':
      return toRefusal(429, name, `It was called too often. Call again in ${attempt.retryAfterSeconds} s.`, format, {
        'Retry-After': String(attempt.retryAfterSeconds),
      });
    case 'unwritable':
      return toRefusal(503, name, 'The NAS cannot write down what it starts (is the disk full?), so it starts nothing.', format, {
        'Retry-After': '60',
      });
    case 'closing':
      return toRefusal(503, name, 'The service is being stopped. Call again in a moment.', format, { 'Retry-After': '30' });
    default:
      return attempt satisfies never;
  }
}

/** How a run is answered to who has its id. */
export function toRunReply(
  view: RunView,
  { format, hasWaited, isJoined }: { readonly format: Format; readonly hasWaited: boolean; readonly isJoined: boolean },
): Reply {
  const status = hasWaited ? toStatus(view) : 200;
  if (format === 'text/html') return toReply(200, format, renderRunPage(view, { isJoined }), toRunHeaders(view));
  if (format === 'application/json') return toReply(status, format, renderRunJson(view), toRunHeaders(view));
  return toReply(status, format, renderRunText(view, `${renderState(view)}${renderElapsed(view)}`), toRunHeaders(view));
}

function toStartReply(kind: 'started' | 'joined', view: RunView, format: Format, hasWaited: boolean): Reply {
  const headers = { ...toRunHeaders(view), 'X-Run': kind };
  if (format === 'text/html')
    return toReply(303, 'text/plain', '', { ...headers, Location: `${toRunPath(view)}${kind === 'joined' ? '?joined' : ''}` });
  const status = hasWaited ? toStatus(view) : 202;
  if (format === 'application/json') return toReply(status, format, renderRunJson(view, kind), headers);
  if (hasWaited && view.outcome !== undefined)
    return toReply(status, format, renderRunText(view, `${renderState(view)}${renderElapsed(view)}`), headers);
  const what =
    kind === 'started'
      ? 'started'
      : view.outcome === undefined
        ? 'running already, not started again'
        : 'started a moment ago, not started again';
  const how = view.outcome === undefined ? '' : `, ${renderState(view)}`;
  return toReply(status, format, `${view.name}: ${what}${how}, see ${toRunPath(view)}\n`, headers);
}

function toRefusal(status: number, name: string, sentence: string, format: Format, headers: Readonly<Record<string, string>>): Reply {
  if (format === 'text/html') return toReply(status, format, renderRefusalPage(name, sentence), headers);
  if (format === 'application/json') return toReply(status, format, `${JSON.stringify({ name, error: sentence })}\n`, headers);
  return toReply(status, format, `${name}: not started. ${sentence}\n`, headers);
}

function toReply(status: number, format: Format, body: string, headers: Readonly<Record<string, string>>): Reply {
  return { status, headers: { ...headers, 'Content-Type': `${format}; charset=utf-8` }, body };
}

/** For who waited: 200 succeeded, 500 failed, 504 timed out, 202 still running or end not known. */
function toStatus({ outcome }: RunView): number {
  return outcome === undefined ? 202 : statusOfOutcome[outcome.kind];
}

const statusOfOutcome = { succeeded: 200, failed: 500, 'timed-out': 504, lost: 202, unconfirmed: 202 } as const;

function toRunHeaders(view: RunView): Readonly<Record<string, string>> {
  const exitCode = view.outcome?.exitCode;
  return { Location: toRunPath(view), ...(exitCode === undefined ? {} : { 'X-Exit-Code': String(exitCode) }) };
}

function toRunPath(view: RunView): string {
  return `/runs/${view.run}`;
}

/** The output as far as it is shown, then one line that says how things stand. */
function renderRunText(view: RunView, state: string): string {
  const output = view.output ?? '';
  const reason = view.outcome?.reason === undefined ? '' : ` ${view.outcome.reason}`;
  return `${output}${output === '' || output.endsWith('\n') ? '' : '\n'}${view.name}: ${state}.${reason}\n`;
}

function renderElapsed({ outcome, elapsedMs }: RunView): string {
  if (elapsedMs === undefined) return '';
  return ` ${outcome === undefined ? 'for' : 'after'} ${renderDuration(elapsedMs)}`;
}

function renderRunJson(view: RunView, attempt?: 'started' | 'joined'): string {
  const { run, name, startedAt, elapsedMs, outcome, output } = view;
  return `${JSON.stringify({
    run,
    name,
    ...(attempt === undefined ? {} : { attempt }),
    state: outcome?.kind ?? 'running',
    startedAt,
    elapsedMs: elapsedMs === undefined ? null : Math.round(elapsedMs),
    exitCode: outcome?.exitCode ?? null,
    signal: outcome?.signal ?? null,
    ...(outcome?.reason === undefined ? {} : { reason: outcome.reason }),
    ...(output === undefined ? {} : { output }),
    location: toRunPath(view),
  })}\n`;
}
