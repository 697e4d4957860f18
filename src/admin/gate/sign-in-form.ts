// What sign-in forms share: valid input, limits of tries, and messages.
import type { Clock } from '../../clock.ts';
import { createAllowance, type Allowance, type Share } from './allowance.ts';
import type { Language } from '../../languages/language.ts';
import type { NotSignedIn, SignInForm } from './gate.ts';

/**
 * The limit for failed sign-ins with DSM: always lower than DSM's own limit for blocking an address (by default ten in five
 * minutes, docs/notes/cgi.md), for all addresses together, because DSM may see them as one.
 */
const bySharedAccount: { readonly perNetwork: Share; readonly inAll: Share } = {
  perNetwork: { burst: 3, everyMs: 5 * 60_000 },
  inAll: { burst: 4, everyMs: 150_000 },
};

/** How often accounts of DSM may be tried. */
export function createDsmSignInAllowance(clock: Clock): Allowance {
  return createAllowance({ ...bySharedAccount, clock });
}

/** The refusal after too many tries. */
export function refuseTooMany(waitMs: number): NotSignedIn {
  const retryAfterSeconds = Math.ceil(waitMs / 1000);
  return { kind: 'refused', problem: 'too-many', retryAfterSeconds };
}

/** What is wrong with a form before any check of the account. */
export function findTypingMistake({ account, password, code }: SignInForm): NotSignedIn | undefined {
  if (account === '' || password === '') return { kind: 'refused', problem: 'account-missing' };
  if (/[\p{Cc}\p{Cs}]/u.test(`${account} ${password}`) || account.length > 128 || password.length > 256)
    return wrongCredentials;
  if (!/^\s*(?:\d[\d\s]{4,14}\d)?\s*$/.test(code)) return { kind: 'code-needed', problem: 'digits-needed' };
  return undefined;
}

export const tooManyAtOnce: NotSignedIn = { kind: 'unavailable', problem: 'too-many-at-once' };
export const wrongCredentials: NotSignedIn = { kind: 'refused', problem: 'wrong-credentials' };
export const notAdministrator: NotSignedIn = { kind: 'refused', problem: 'not-administrator' };
export const adminUnclear: NotSignedIn = {
  kind: 'unavailable',
  problem: 'not-proven',
};
export const dsmSilent: NotSignedIn = {
  kind: 'unavailable',
  problem: 'silent',
};

/** Why a visitor is not signed in, as a sentence. */
export function renderProblem(
  { problem, retryAfterSeconds = 0 }: Pick<NotSignedIn, 'problem' | 'retryAfterSeconds'>,
  { admin, duration }: Language,
): string {
  return problem === 'too-many'
    ? admin.tooMany(duration(retryAfterSeconds * 1000))
    : admin.signInProblems[problem];
}
