// Everything that a caller with the right keys ever receives: attempts and runs as status, headers and body.
import { renderDuration } from '../values/duration.ts';
import { renderState, type RunView } from '../runs/run.ts';
import type { Answer } from '../entry/trigger.ts';
import { renderHomeLinks } from './pages/home-page.ts';
import { toTaskPlaces } from './pages/home-parts.ts';
import type { Language } from '../languages/language.ts';
import { phonePages, type Shown } from './pages/phone-page.ts';
import { renderQuestionPage, renderRefusalPage } from './pages/refusal-page.ts';
import { renderRunPage, toRefreshSeconds } from './pages/run-page.ts';
import { renderRunJson, renderRunText } from './run-text.ts';
import { renderVisit, toRunPath, type Visit } from './pages/visit.ts';

/** The forms in which an answer can be given; a caller that accepts anything gets the first. */
export const formats = ['text/plain', 'text/html', 'application/json'] as const;
export type Format = (typeof formats)[number];

/** The result of an attempt with the right keys. */
export type Attempt = Answer | { readonly kind: 'limited'; readonly retryAfterSeconds: number };

/** An answer, before it is sent. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How the caller wants to be answered. `hasWaited` means that the caller asked to wait for the end. */
export interface Asker {
  readonly format: Format;
  readonly language: Language;
  readonly hasWaited: boolean;
}

/** What was attempted: the task, and where the answer leads next. */
export interface Attempted {
  readonly task: Shown & { readonly question: string | undefined };
  /** The nonce that lets the caller start the task once more from the page of the run. */
  readonly again: string | undefined;
  /** The address that the answer to a question with this nonce is posted to. */
  readonly toAction: (nonce: string) => string;
  /** The address at which the question is asked, if that is the task's own. */
  readonly path: string | undefined;
}

/** The answer to an attempt on a task. */
export function toAttemptReply(
  attempt: Attempt,
  { task, again, toAction, path }: Attempted,
  asker: Asker,
): Reply {
  const refuse = (
    status: number,
    why: keyof Language['refusals'],
    sentence: string,
    more: RefusalDetails = {},
  ): Reply => {
    const { run, retryAfterSeconds } = more;
    const headers = {
      ...(run === undefined ? {} : { Location: toRunPath(run) }),
      ...(retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) }),
    };
    if (asker.format !== 'text/html') return toRefusal(status, task.name, sentence, asker.format, headers);
    return toReply(
      status,
      asker.format,
      renderRefusalPage(task, { why, retryAfterSeconds }, asker.language),
      headers,
    );
  };
  switch (attempt.kind) {
    case 'started':
    case 'joined':
    case 'queued':
      return toStartReply(attempt.kind, attempt.run, asker, again);
    case 'asked': {
      const { format, language } = asker;
      if (format !== 'text/html')
        return toRefusal(
          428,
          task.name,
          'It asks first: open its address in a browser, and press the button there.',
          format,
          {},
        );
      const homeLinks = path === undefined ? undefined : renderHomeLinks(task.name, toTaskPlaces(path));
      const question = {
        question: task.question,
        action: toAction(attempt.nonce),
        isAgain: attempt.isAgain,
        homeLinks,
      };
      const headers = path === undefined ? {} : phonePages.headersWithPictures;
      return toReply(200, format, renderQuestionPage(task, question, language), headers);
    }
    case 'busy':
      return refuse(409, 'busy', 'It is running already, and was not started again.', { run: attempt.run });
    case 'full':
      return refuse(409, 'full', `Too many runs of it are waiting already. ${renderRetry(60)}`, {
        run: attempt.run,
        retryAfterSeconds: 60,
      });
    case 'not-now': {
      const { why, retryAfterSeconds } = attempt;
      const retry = renderRetry(retryAfterSeconds);
      return why === 'hours'
        ? refuse(429, 'hours', `It may not be started at this hour. ${retry}`, { retryAfterSeconds })
        : refuse(429, 'maxPerDay', `It was started as often as it may be within 24 hours. ${retry}`, {
            retryAfterSeconds,
          });
    }
    case 'limited': {
      const { retryAfterSeconds } = attempt;
      return refuse(429, 'limited', `It was called too often. ${renderRetry(retryAfterSeconds)}`, {
        retryAfterSeconds,
      });
    }
    case 'unwritable': {
      const sentence = 'The NAS cannot write down what it starts (is the disk full?), so it starts nothing.';
      return refuse(503, 'unwritable', sentence, { retryAfterSeconds: 60 });
    }
    case 'closing':
      return refuse(503, 'closing', 'The service is being stopped. Call again in a moment.', {
        retryAfterSeconds: 30,
      });
    default:
      return attempt satisfies never;
  }
}

/** The answer to a request to stop a run; `stopping` is undefined if nothing can be stopped. A browser is sent back to where it was. */
export function toStopReply(
  view: RunView,
  stopping: RunView | undefined,
  format: Format,
  visit: Visit,
): Reply {
  const headers = toRunHeaders(view);
  if (format === 'text/html') return toSeeOther(view, visit);
  if (stopping === undefined)
    return toRefusal(
      409,
      view.name,
      'It cannot be stopped: it has ended, or its task is not `stoppable`.',
      format,
      headers,
      'not stopped',
    );
  if (format === 'application/json') return toReply(202, format, renderRunJson(stopping), headers);
  return toReply(202, format, `${view.name}: is being stopped, see ${toRunPath(view)}\n`, headers);
}

/** The answer to a request to start a task once more, if its nonce opens nothing (any more). */
export function toSpentReply(view: RunView, format: Format): Reply {
  if (format === 'text/html') return toSeeOther(view, { isSpent: true });
  const sentence = 'The nonce is wrong, or too old. Call the address of the task.';
  return toRefusal(409, view.name, sentence, format, toRunHeaders(view));
}

/** The answer for a caller with the id of a run. `isAgainOffered` means that the visitor's nonce would start the task once more. */
export function toRunReply(
  view: RunView,
  { visit, isAgainOffered }: { readonly visit: Visit; readonly isAgainOffered: boolean },
  { format, language, hasWaited }: Asker,
): Reply {
  const status = hasWaited ? toStatus(view) : 200;
  const headers = toRunHeaders(view);
  if (format === 'application/json') return toReply(status, format, renderRunJson(view), headers);
  if (format === 'text/plain') return toReply(status, format, renderRunText(view), headers);
  const refresh =
    view.outcome === undefined && !visit.isHeld ? { Refresh: String(toRefreshSeconds(view)) } : {};
  return toReply(200, format, renderRunPage(view, { visit, isAgainOffered, language }), {
    ...headers,
    ...refresh,
  });
}

function toStartReply(
  kind: 'started' | 'joined' | 'queued',
  view: RunView,
  { format, hasWaited }: Asker,
  again: string | undefined,
): Reply {
  if (format === 'text/html')
    return toSeeOther(view, { isJoined: kind === 'joined', again }, { 'X-Run': kind });
  const headers = { ...toRunHeaders(view), 'X-Run': kind };
  const status = hasWaited ? toStatus(view) : 202;
  if (format === 'application/json') return toReply(status, format, renderRunJson(view, kind), headers);
  if (hasWaited && view.outcome !== undefined) return toReply(status, format, renderRunText(view), headers);
  const isOver = view.outcome !== undefined;
  const joined = isOver ? 'started earlier, not started again' : 'running already, not started again';
  const what = { started: 'started', joined, queued: isOver ? 'was queued' : 'waits behind an earlier run' }[
    kind
  ];
  const how = view.outcome === undefined ? '' : `, ${renderState(view)}`;
  return toReply(status, format, `${view.name}: ${what}${how}, see ${toRunPath(view)}\n`, headers);
}

/** Redirects to the page of a run, where a reload does not repeat the action. */
function toSeeOther(
  view: RunView,
  visit: Partial<Visit>,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return toReply(303, 'text/plain', '', {
    ...toRunHeaders(view),
    ...headers,
    Location: toRunPath(view) + renderVisit(visit),
  });
}

/** The headers of a refusal: the run that is in the way, and when to try again. */
interface RefusalDetails {
  readonly run?: RunView;
  readonly retryAfterSeconds?: number;
}

function toRefusal(
  status: number,
  name: string,
  sentence: string,
  format: Format,
  headers: Readonly<Record<string, string>>,
  state = 'not started',
): Reply {
  if (format === 'application/json')
    return toReply(status, format, `${JSON.stringify({ name, error: sentence })}\n`, headers);
  return toReply(status, format, `${name}: ${state}. ${sentence}\n`, headers);
}

function renderRetry(seconds: number): string {
  return `Call again in ${renderDuration(seconds * 1000)}.`;
}

function toReply(
  status: number,
  format: Format,
  body: string,
  headers: Readonly<Record<string, string>>,
): Reply {
  return { status, headers: { ...headers, 'Content-Type': `${format}; charset=utf-8` }, body };
}

/** The status for a caller that waited: 200 succeeded, 500 failed, 504 timed out, 202 still running or end not known. */
function toStatus({ outcome }: RunView): number {
  return outcome === undefined ? 202 : statusOfOutcome[outcome.kind];
}

const statusOfOutcome = {
  succeeded: 200,
  failed: 500,
  'timed-out': 504,
  stopped: 500,
  lost: 202,
  unconfirmed: 202,
} as const;

function toRunHeaders(view: RunView): Readonly<Record<string, string>> {
  const exitCode = view.outcome?.exitCode;
  return {
    Location: toRunPath(view),
    ...(exitCode === undefined ? {} : { 'X-Exit-Code': String(exitCode) }),
  };
}
