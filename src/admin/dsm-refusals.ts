// What is said of a sign-in to DSM's Web API that failed: to who typed, and to the log.
import type { Proof } from '../dsm/administrator.ts';
import type { NotSignedIn } from './gate.ts';
import { adminUnclear, dsmSilent, notAdministrator, wrongCredentials } from './sign-in-form.ts';

const expired: NotSignedIn = { kind: 'refused', message: 'The password has to be changed. Sign in to DSM itself first.' };

/** By DSM's numbers, which `src/dsm/errors.ts` explains for the account of the config. */
const refusals: Readonly<Record<number, NotSignedIn>> = {
  105: notAdministrator,
  400: wrongCredentials,
  401: { kind: 'refused', message: 'This account is disabled in DSM.' },
  402: { kind: 'refused', message: 'DSM does not let this account sign in here.' },
  403: { kind: 'code-needed', message: 'Type the one-time code as well.' },
  404: { kind: 'code-needed', message: 'The one-time code is wrong. Type a fresh one.' },
  405: { kind: 'refused', message: 'DSM does not let this account sign in here.' },
  406: { kind: 'refused', message: 'DSM wants this account to have a second factor. Sign in to DSM itself first.' },
  407: {
    kind: 'unavailable',
    message: 'DSM has blocked the address of remotetask after failed sign-ins: Control Panel > Security > Protection.',
  },
  408: expired,
  409: expired,
  410: expired,
  411: { kind: 'refused', message: 'This account is locked in DSM.' },
};

/** A sign-in that failed, or an account about which DSM does not say that it is an administrator. */
export type NoProof = Exclude<Proof, { kind: 'administrator' }>;

/** The answer to the visitor. */
export function toRefusal(result: NoProof): NotSignedIn {
  switch (result.kind) {
    case 'ordinary':
      return notAdministrator;
    case 'unclear':
      return adminUnclear;
    case 'refused':
      return refusals[result.code] ?? dsmSilent;
    case 'unanswered':
      return dsmSilent;
    default:
      return result satisfies never;
  }
}

/** The reason for the log; DSM's own reasons speak of the account of the config, which this is not about. */
export function explainRefusal(result: NoProof): string {
  if (result.kind !== 'refused') return result.reason;
  return `${refusals[result.code]?.message ?? 'DSM refused a call.'} (error ${result.code})`;
}
