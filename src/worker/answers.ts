// The answers to the questions of a server.
import type { AskDsm } from '../dsm/dsm-programs.ts';
import type { Visitors } from '../dsm/visitors.ts';
import { loadNasTasks } from '../nas/nas-tasks.ts';
import type { AnswerQuestion } from './answering.ts';
import type { DsmAccess } from './dsm-access.ts';
import type { Answer, Question } from './questions.ts';

/** How long a NAS may take to list its tasks: several calls, each of which has a limit of its own. */
const listMs = 300_000;

/** Creates the function that answers questions, until `closing` is aborted. */
export function createAnswers({
  findNas,
  askPrograms,
  visitors,
  closing,
}: Pick<DsmAccess, 'findNas'> & {
  /** Undefined if the config does not have DSM's programs asked. */
  readonly askPrograms: (onStarted: (gone: Promise<unknown>) => void) => AskDsm | undefined;
  readonly visitors: Visitors;
  readonly closing: AbortSignal;
}): AnswerQuestion {
  return async (question, noteStarted) => {
    if (closing.aborted) return undefined;
    switch (question.kind) {
      case 'tasks': {
        const nas = findNas(question.nas);
        if (nas === undefined) return undefined;
        const stop = AbortSignal.any([closing, AbortSignal.timeout(listMs)]);
        return { kind: 'tasks', list: await loadNasTasks(nas, stop) };
      }
      case 'sign-in': {
        const { kind, account, password, code } = question;
        return { kind, result: await visitors.signIn(account, password, code) };
      }
      case 'proof':
        return { kind: 'proof', proof: await visitors.prove(question.session) };
      case 'sign-out':
        await visitors.signOut(question.session);
        return { kind: 'sign-out' };
      default: {
        const programs = askPrograms(noteStarted);
        return programs === undefined ? undefined : await answerByPrograms(programs, question);
      }
    }
  };
}

async function answerByPrograms(
  programs: AskDsm,
  question: Exclude<Question, { readonly kind: 'tasks' | 'sign-in' | 'proof' | 'sign-out' }>,
): Promise<Answer> {
  switch (question.kind) {
    case 'user':
      return { kind: 'user', found: await programs.loadUser(question.browser, question.synoToken) };
    case 'syno-token':
      return { kind: 'syno-token', synoToken: await programs.loadToken(question.browser) };
    case 'sign-in-here': {
      const { kind, browser, account, password } = question;
      return { kind, found: await programs.signIn(browser, account, password) };
    }
    case 'member':
      return { kind: 'member', found: await programs.isMember(question.user) };
    default:
      return question satisfies never;
  }
}
