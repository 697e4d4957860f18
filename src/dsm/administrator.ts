// Asks DSM whether the account of a session is an administrator, by SYNO.Core.Desktop.Initdata `get`.
import * as z from 'zod';
import type { CallDsm, DsmRequest, Refused, Unanswered } from './call.ts';
import { explain } from '../outcome.ts';
import { isNotThere, toRefusal } from './errors.ts';

/** The call that DSM's own desktop makes first. Facts and their grades: docs/notes/cgi.md. */
export const initdataApi = 'SYNO.Core.Desktop.Initdata';

/** DSM answers yes or no, or its answer is unclear. Reasons are for the log. */
export type Proof =
  | { readonly kind: 'administrator' }
  | { readonly kind: 'ordinary' | 'unclear'; readonly reason: string }
  | Refused
  | Unanswered;

const request: DsmRequest = { api: initdataApi, method: 'get', forms: [{ version: 1, params: {} }] };
const Initdata = z.object({
  Session: z.object({ is_admin: z.unknown().optional(), isLogined: z.unknown().optional() }),
});

/** Asks DSM. Only a plain yes is a proof; the absence of a refusal is not. */
export async function proveAdministrator(call: CallDsm, stop: AbortSignal): Promise<Proof> {
  const answer = await call(request, stop);
  if (answer.kind === 'refused' && isNotThere(answer.code))
    return {
      kind: 'unclear',
      reason: `DSM has no ${initdataApi} that says who is an administrator (error ${answer.code}); before DSM 6 it had none.`,
    };
  if (answer.kind !== 'answered') return answer;
  const { data } = Initdata.safeParse(answer.data);
  if (data === undefined)
    return { kind: 'unclear', reason: `DSM answered ${initdataApi} without a Session.` };
  const { is_admin: isAdmin, isLogined: isSignedIn } = data.Session;
  // Without a session DSM answers this call, too.
  if (isSignedIn === false) return { kind: 'refused', code: 119, ...explain(toRefusal(initdataApi, 119)) };
  if (isAdmin === true) return { kind: 'administrator' };
  if (isAdmin === false)
    return {
      kind: 'ordinary',
      reason: `DSM says that the account is not an administrator (Session.is_admin is false).`,
    };
  // Only the type of the value, because the answer may contain names and tokens.
  const what =
    isAdmin === undefined
      ? 'is missing'
      : `is neither true nor false but a value of the type ${isAdmin === null ? 'null' : typeof isAdmin}`;
  return { kind: 'unclear', reason: `DSM answered ${initdataApi}, but in it Session.is_admin ${what}.` };
}
