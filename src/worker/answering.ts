// The worker's end of questions: answers each one, and bounds how many are open.
import { logBug } from '../log/bug.ts';
import type { Logger } from '../log/log.ts';
import type { ToServer, ToWorker } from './contract.ts';
import type { Answer, Question } from './questions.ts';

/** How many questions may be open at once; an honest server has far fewer. */
const maxOpen = 64;

/** Answers a question; `noteStarted` is called with each program that was started for it. */
export type AnswerQuestion = (
  question: Question,
  noteStarted: (gone: Promise<unknown>) => void,
) => Promise<Answer | undefined>;

type Asked = Extract<ToWorker, { readonly kind: 'ask' }>;
type Send = (message: ToServer) => void;

/** Creates the function that takes questions, and sends the answers to the server that asked. A question is open until nothing that was started for it is left. */
export function createAnswering(
  answerQuestion: AnswerQuestion,
  logger: Logger,
): (message: Asked, send: Send) => void {
  let open = 0;
  const work = async ({ ask, question }: Asked, send: Send): Promise<void> => {
    const started: Promise<unknown>[] = [];
    try {
      send({
        kind: 'answer',
        ask,
        answer: await answerQuestion(question, (gone) => void started.push(gone)),
      });
    } catch (error) {
      // A bug of ours, or an answer against the contract: the server gets none.
      logBug(logger, error, 'A question could not be answered', { question: question.kind });
      send({ kind: 'answer', ask });
    }
    await Promise.allSettled(started);
  };
  return (message, send) => {
    const finish = (): void => send({ kind: 'finished', ask: message.ask });
    if (open >= maxOpen) return finish();
    open++;
    void work(message, send).finally(() => {
      open--;
      finish();
    });
  };
}
