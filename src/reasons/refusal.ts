// Why a caller with the right keys is refused: codes with their parameters, and the sentences in English.
import { renderDuration } from '../values/duration.ts';
import { renderHours, type HourSpan } from '../values/hours.ts';
import { renderCoded, type Coded, type Texts } from './texts.ts';

/** When to call again. */
interface Later {
  readonly retryAfterSeconds: number;
}

/** The codes that scripts get, with their parameters. */
interface Refusals {
  readonly busy: object;
  readonly 'queue-full': Later;
  readonly hours: Later & { readonly hours: readonly HourSpan[] };
  readonly 'max-per-day': Later;
  readonly 'rate-limit': Later;
  readonly confirm: object;
  readonly 'could-not-record': Later;
  readonly closing: Later;
  readonly 'worker-away': Later;
  readonly 'not-stoppable': object;
  readonly 'old-nonce': object;
  /** `known` are the names that scripts can use there. */
  readonly 'unknown-parameter': { readonly name: string; readonly known: readonly string[] };
  readonly 'nothing-follows': object;
  readonly 'bad-parameter':
    | { readonly name: 'wait' | 'follow' }
    | { readonly name: 'after'; readonly leastMs: number; readonly mostMs: number };
  readonly 'repeated-parameter': { readonly name: string };
  readonly contradiction: { readonly between: 'follow-and-json' | 'wait-and-stream' };
}
export type Refusal = Coded<Refusals>;
export type RefusalCode = keyof Refusals;

/** The sentences of one language, without when to call again. */
export type RefusalTexts = Texts<Refusals>;

/** The sentences in English. */
export const englishRefusals: RefusalTexts = {
  busy: () => 'It is running already, and was not started again.',
  'queue-full': () => 'Too many runs of it are waiting already.',
  hours: ({ hours }) => `It may not be started at this hour, only at ${renderHours(hours)}.`,
  'max-per-day': () => 'It was started as often as it may be within 24 hours.',
  'rate-limit': () => 'It was called too often.',
  confirm: () => 'It asks first: open its address in a browser, and press the button there.',
  'could-not-record': () =>
    'The NAS cannot write down what it starts (is the disk full?), so it starts nothing.',
  closing: () => 'The service is being stopped.',
  'worker-away': () => 'The part of the service that runs tasks is not there, so nothing is started.',
  'not-stoppable': () => 'It cannot be stopped: it has ended, or its task is not `stoppable`.',
  'old-nonce': () => 'The nonce is wrong, or too old. Call the address of the task.',
  'unknown-parameter': ({ name, known }) =>
    `The query has a name that means nothing here: "${name}".${known.length === 0 ? '' : ` Known: ${known.join(', ')}.`}`,
  'nothing-follows': () => 'Nothing follows this run (any more), or it cannot be written down.',
  'bad-parameter': (why) => {
    if (why.name === 'after')
      return `The value of "after" has to be a duration between ${renderDuration(why.leastMs)} and ${renderDuration(why.mostMs)}, such as 45m.`;
    return why.name === 'wait'
      ? 'The value of "wait" is not understood: write seconds, or a duration such as 90s, 1m or 1500ms.'
      : 'The value of "follow" is not understood: it needs none.';
  },
  'repeated-parameter': ({ name }) => `The query has "${name}" more than once.`,
  contradiction: ({ between }) =>
    between === 'follow-and-json'
      ? 'The text of "follow" and JSON exclude each other: leave "follow" out, or accept text/plain or text/event-stream.'
      : 'Waiting for the end and a stream exclude each other: leave one of them out.',
};

/** A refusal in English, as text and JSON have it. */
export function renderRefusal(refusal: Refusal): string {
  const sentence = renderCoded(englishRefusals, refusal);
  return 'retryAfterSeconds' in refusal
    ? `${sentence} Call again in ${renderDuration(refusal.retryAfterSeconds * 1000)}.`
    : sentence;
}
