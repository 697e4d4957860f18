// What a caller with the right keys learns when it calls a task: as status, headers and body.
import type { Following } from '../follow-ups/follow-ups.ts';
import type { RunView } from '../runs/run-view.ts';
import { toRefusal } from '../entry/refused.ts';
import type { Answer } from '../entry/trigger.ts';
import type { Refusal } from '../reasons/refusal.ts';
import { renderHomeLinks } from './pages/home-page.ts';
import { toTaskPlaces } from './pages/home-parts.ts';
import { phonePages, type Shown } from './pages/phone-page.ts';
import { renderQuestionPage, renderRefusalPage } from './pages/refusal-page.ts';
import { toRunPath } from './pages/visit.ts';
import type { QueryFault } from './query.ts';
import { toRefusalReply, toReply, type Asker, type Reply } from './reply.ts';
import { toStartReply } from './run-replies.ts';

/** The result of an attempt with the right keys. */
export type Attempt =
  | { readonly kind: 'started' | 'joined' | 'queued'; readonly run: RunView }
  | { readonly kind: 'busy' | 'full'; readonly run: RunView }
  | Exclude<Answer, { readonly run: unknown }>
  | { readonly kind: 'limited'; readonly retryAfterSeconds: number }
  | { readonly kind: 'bad-query'; readonly why: QueryFault };

/** What was attempted: the task, and where the answer leads next. */
export interface Attempted {
  readonly task: Shown & { readonly task: string; readonly question: string | undefined };
  /** The nonce that lets the caller start the task once more from the page of the run. */
  readonly again: string | undefined;
  /** What follows the run. */
  readonly following: Following | undefined;
  /** The address that the answer to a question with this nonce is posted to. */
  readonly toAction: (nonce: string) => string;
  /** The address at which the question is asked, if that is the task's own. */
  readonly path: string | undefined;
}

/** The answer to an attempt on a task. */
export function toAttemptReply(
  attempt: Attempt,
  { task, again, following, toAction, path }: Attempted,
  asker: Asker,
): Reply {
  const { format, language } = asker;
  const refuse = (status: number, refusal: Refusal, run?: RunView): Reply => {
    const headers = {
      ...(run === undefined ? {} : { Location: toRunPath(run) }),
      ...('retryAfterSeconds' in refusal ? { 'Retry-After': String(refusal.retryAfterSeconds) } : {}),
    };
    return format === 'text/html'
      ? toReply(status, format, renderRefusalPage(task, refusal, language), headers)
      : toRefusalReply(status, refusal, { about: task, format, headers });
  };
  switch (attempt.kind) {
    case 'started':
    case 'joined':
    case 'queued':
      return toStartReply(attempt.kind, attempt.run, asker, { again, following });
    case 'asked': {
      if (format !== 'text/html') return refuse(428, toRefusal(attempt));
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
    case 'bad-query':
      return refuse(400, attempt.why);
    case 'busy':
    case 'full':
      return refuse(409, toRefusal(attempt), attempt.run);
    case 'not-now':
    case 'limited':
      return refuse(429, toRefusal(attempt));
    case 'unwritable':
    case 'closing':
    case 'away':
      return refuse(503, toRefusal(attempt));
    default:
      return attempt satisfies never;
  }
}
