// DSM's sign-ins as the server has them: each function is a question to the worker.
import type { Answered, AskDsm } from '../dsm/dsm-programs.ts';
import type { Visitors } from '../dsm/visitors.ts';
import type { Ask } from './asker.ts';

/** Ways to ask DSM about a visitor of the admin page. */
export interface DsmSignIns {
  /** Asks DSM's programs; `onStarted` is called with each question, so that no other is asked until nothing of it is left. */
  readonly askPrograms: (onStarted: (gone: Promise<unknown>) => void) => AskDsm;
  /** Signs in by the Web API. */
  readonly visitors: Visitors;
}

/** What the log says where the worker has no answer: it may have asked DSM. */
const reason = 'The worker did not answer.';
const none = { kind: 'none', reason: 'the worker did not answer' } as const;

/** Creates the ways of the worker that is asked. */
export function createDsmSignIns(ask: Ask): DsmSignIns {
  return {
    askPrograms(onStarted) {
      const askNoted: Ask = (question) => {
        const asked = ask(question);
        onStarted(asked.finished);
        return asked;
      };
      return {
        async loadUser(browser, synoToken) {
          const answer = await askNoted({ kind: 'user', browser, synoToken }).answer;
          const found = answer?.found ?? none;
          return found.kind === 'none' ? found : { kind: 'answered', value: found.value };
        },
        loadToken: async (browser) => (await askNoted({ kind: 'syno-token', browser }).answer)?.synoToken,
        signIn: async (browser, account, password) =>
          (await askNoted({ kind: 'sign-in-here', browser, account, password }).answer)?.found ?? none,
        isMember: async (user): Promise<Answered<boolean>> =>
          (await askNoted({ kind: 'member', user }).answer)?.found ?? none,
      };
    },
    visitors: {
      async signIn(account, password, code) {
        const answer = await ask({ kind: 'sign-in', account, password, code }).answer;
        return answer?.result ?? { kind: 'unanswered', reason, isAttempt: true };
      },
      async prove(session) {
        const answer = await ask({ kind: 'proof', session }).answer;
        return answer?.proof ?? { kind: 'unanswered', reason };
      },
      async signOut(session) {
        await ask({ kind: 'sign-out', session }).finished;
      },
    },
  };
}
