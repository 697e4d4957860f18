// The messages about a failed sign-in to DSM's Web API, for the visitor and for the log.
import type { VisitorProof } from '../../dsm/visitors.ts';
import { en } from '../../languages/en.ts';
import type { NotSignedIn } from './gate.ts';
import {
  adminUnclear,
  dsmSilent,
  notAdministrator,
  wrongCredentials,
  renderProblem,
} from './sign-in-form.ts';

const expired: NotSignedIn = { kind: 'refused', problem: 'password-expired' };

/** By DSM's error numbers, which `src/dsm/errors.ts` explains for the account of the config. */
const refusals: Readonly<Record<number, NotSignedIn>> = {
  105: notAdministrator,
  400: wrongCredentials,
  401: { kind: 'refused', problem: 'disabled' },
  402: { kind: 'refused', problem: 'not-allowed' },
  403: { kind: 'code-needed', problem: 'code-needed' },
  404: { kind: 'code-needed', problem: 'code-wrong' },
  405: { kind: 'refused', problem: 'not-allowed' },
  406: { kind: 'refused', problem: 'second-factor-needed' },
  407: {
    kind: 'unavailable',
    problem: 'blocked',
  },
  408: expired,
  409: expired,
  410: expired,
  411: { kind: 'refused', problem: 'locked' },
};

/** A failed sign-in, or an account that DSM does not confirm as an administrator. */
export type NoProof = Exclude<VisitorProof, { kind: 'administrator' }>;

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

/** The reason for the log; the usual reasons are about the account of the config, which is not involved here. */
export function explainRefusal(result: NoProof): string {
  if (result.kind !== 'refused') return result.reason;
  const refusal = refusals[result.code];
  return `${refusal === undefined ? 'DSM refused a call.' : renderProblem(refusal, en)} (error ${result.code})`;
}
