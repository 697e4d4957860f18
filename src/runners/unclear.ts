// Answers of DSM that nobody understands: their first lines are for the operator, while callers are told the reason only.
import type { DsmAnswer } from '../dsm/call.ts';
import type { DsmHistory, DsmLook, DsmTask, Lookup } from '../dsm/dsm-task.ts';
import type { Logger } from '../log/log.ts';

/** So many different ones are told of before any of them may be told of again. */
const maxTold = 100;

/** Tells the operator of an answer. */
export type TellUnclear = (reason: string, lines: readonly string[]) => void;

/** Writes each such answer into the log, with `fields`, and the same one once: a task is asked for news again and again. */
export function createUnclearLog(logger: Logger, fields: object): TellUnclear {
  const told = new Set<string>();
  return (reason, lines) => {
    const answer = [reason, ...lines].join('\n');
    if (lines.length === 0 || told.has(answer)) return;
    if (told.size >= maxTold) told.clear();
    told.add(answer);
    logger.warn({ event: 'dsm-unclear', ...fields, lines }, reason);
  };
}

/** The same task, whose unclear answers are told of, unless they are cut off because somebody stopped asking. */
export function listenTo(task: DsmTask, tell: TellUnclear): DsmTask {
  const heed = <T extends Lookup | DsmHistory | DsmLook | DsmAnswer>(answer: T, stop: AbortSignal): T => {
    if (answer.kind === 'unanswered' && !stop.aborted) tell(answer.reason, answer.lines ?? []);
    return answer;
  };
  return {
    ...task,
    async find(stop) {
      const found = heed(await task.find(stop), stop);
      return found.kind === 'found' ? { ...found, start: async (stop) => heed(await found.start(stop), stop) } : found;
    },
    loadHistory: async (stop) => heed(await task.loadHistory(stop), stop),
    look: async (stop, stays) => heed(await task.look(stop, stays), stop),
  };
}
