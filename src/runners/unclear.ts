// Answers of DSM that this program does not understand: the log shows their first lines to the operator; callers get only the reason.
import type { DsmAnswer } from '../dsm/call.ts';
import type { DsmHistory, DsmLook, DsmTask, Lookup } from '../dsm/dsm-task.ts';
import type { Logger } from '../log/log.ts';

/** How many different answers are logged before one of them may be logged again. */
const maxTold = 100;

/** Logs an answer for the operator. */
export type TellUnclear = (reason: string, lines: readonly string[]) => void;

/** Logs each such answer once, with `fields`, because a task is polled again and again. */
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

/** The same task, with its unclear answers logged, unless they are incomplete because the request was stopped. */
export function listenTo(task: DsmTask, tell: TellUnclear): DsmTask {
  const heed = <T extends Lookup | DsmHistory | DsmLook | DsmAnswer>(answer: T, stop: AbortSignal): T => {
    if (answer.kind === 'unanswered' && !stop.aborted) tell(answer.reason, answer.lines ?? []);
    return answer;
  };
  return {
    ...task,
    async find(stop) {
      const found = heed(await task.find(stop), stop);
      return found.kind === 'found'
        ? { ...found, start: async (stop) => heed(await found.start(stop), stop) }
        : found;
    },
    loadHistory: async (stop) => heed(await task.loadHistory(stop), stop),
    look: async (stop, stays) => heed(await task.look(stop, stays), stop),
  };
}
