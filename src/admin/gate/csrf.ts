// Tokens in the forms of the admin page: another site's page does not know them, and so cannot send them.
import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Entry } from './gate.ts';

/** Creates the token of an identity (a session, or a browser that is signed in to DSM), under a secret of this process. */
export function createCsrfTokens(): (identity: string) => string {
  const secret = randomBytes(32);
  return (identity) => createHmac('sha256', secret).update(identity).digest('base64url');
}

/** Whether a form contains the token of its sender; takes the same time wherever the two differ. */
export function isCsrfTokenOf(entry: Extract<Entry, { kind: 'admin' }>, presented: string): boolean {
  return timingSafeEqual(hash('sha256', entry.csrfToken, 'buffer'), hash('sha256', presented, 'buffer'));
}
