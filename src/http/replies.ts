// What a caller with the right keys learns when it calls a task: as status, headers and body.
import { renderDuration } from '../values/duration.ts';
import type { RunView } from '../runs/run-view.ts';
import type { Answer } from '../entry/trigger.ts';
import { renderHomeLinks } from './pages/home-page.ts';
import { toTaskPlaces } from './pages/home-parts.ts';
import type { Language } from '../languages/language.ts';
import { phonePages, type Shown } from './pages/phone-page.ts';
import { renderQuestionPage, renderRefusalPage } from './pages/refusal-page.ts';
import { toRunPath } from './pages/visit.ts';
import { toRefusal, toReply, type Asker, type Reply } from './reply.ts';
import { toStartReply } from './run-replies.ts';

/** The result of an attempt with the right keys. */
export type Attempt =
  | { readonly kind: 'started' | 'joined' | 'queued' | 'busy' | 'full'; readonly run: RunView }
  | Exclude<Answer, { readonly run: unknown }>
  | { readonly kind: 'limited'; readonly retryAfterSeconds: number };

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

/** The headers of a refusal: the run that is in the way, and when to try again. */
interface RefusalDetails {
  readonly run?: RunView;
  readonly retryAfterSeconds?: number;
}

function renderRetry(seconds: number): string {
  return `Call again in ${renderDuration(seconds * 1000)}.`;
}
