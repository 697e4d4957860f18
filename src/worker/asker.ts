// The server's end of questions: each gets its number, and its answer is recognized by that.
import { logBug } from '../log/bug.ts';
import type { Logger } from '../log/log.ts';
import type { ToServer, ToWorker } from './contract.ts';
import type { Answer, AnswerTo, Question } from './questions.ts';

interface Asked<Kind extends Question['kind']> {
  /** Undefined if the worker has no answer. Never rejects. */
  readonly answer: Promise<AnswerTo<Kind> | undefined>;
  /** Resolves once nothing that was started for the answer is left. */
  readonly finished: Promise<void>;
}

/** Asks the worker. */
export type Ask = <Kind extends Question['kind']>(
  question: Extract<Question, { readonly kind: Kind }>,
) => Asked<Kind>;

interface OpenAsk {
  readonly setAnswer: (answer: Answer | undefined) => void;
  readonly setFinished: () => void;
}

export interface Asker {
  readonly ask: Ask;
  /** Takes what the worker sends about a question. */
  take(message: Extract<ToServer, { readonly kind: 'answer' | 'finished' }>): void;
  /** The worker is away: what is open stays without an answer. */
  giveUp(): void;
}

/** Creates the asker of a worker; `send` reaches it, and is false if it is away. */
export function createAsker(send: (message: ToWorker) => boolean, logger: Logger): Asker {
  const open = new Map<number, OpenAsk>();
  let asked = 0;
  const finish = (ask: number): void => {
    const one = open.get(ask);
    open.delete(ask);
    one?.setAnswer(undefined);
    one?.setFinished();
  };
  return {
    ask(question) {
      const ask = ++asked;
      const { promise: answer, resolve: setAnswer } = Promise.withResolvers<Answer | undefined>();
      const { promise: finished, resolve: setFinished } = Promise.withResolvers<void>();
      open.set(ask, { setAnswer, setFinished });
      try {
        if (!send({ kind: 'ask', ask, question })) finish(ask);
      } catch (error) {
        logBug(logger, error, 'A question could not be asked');
        finish(ask);
      }
      return {
        answer: answer.then((found) => (isAnswerTo(question.kind, found) ? found : undefined)),
        finished,
      };
    },
    take(message) {
      if (message.kind === 'answer') open.get(message.ask)?.setAnswer(message.answer);
      else finish(message.ask);
    },
    giveUp() {
      for (const ask of open.keys()) finish(ask);
    },
  };
}

function isAnswerTo<Kind extends Question['kind']>(
  kind: Kind,
  answer: Answer | undefined,
): answer is AnswerTo<Kind> {
  return answer?.kind === kind;
}
