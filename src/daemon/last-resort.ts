// The last resort: what happens with an error that nothing caught. docs/decisions/0014 says why.
import { toSystemCode } from '../bug.ts';

/** What a broken connection reports; Node has closed it, and nothing else of our state depends on it. */
const ofConnections: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'ECONNABORTED',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTCONN',
]);

/** What the process does next: it goes on, it stops in order, or it ends at once. */
export type Verdict = 'go-on' | 'stop' | 'end';

/**
 * Decides what an error that nothing caught means. The error event of a connection, as of a socket that nothing listens to,
 * harms only that connection. After anything else the state may be wrong, and a process that cannot stop in order ends.
 */
export function judge(thrown: unknown, { canStop }: { readonly canStop: boolean }): Verdict {
  if (isOfConnection(thrown)) return 'go-on';
  return canStop ? 'stop' : 'end';
}

function isOfConnection(thrown: unknown): boolean {
  if (!(thrown instanceof Error) || !('syscall' in thrown)) return false;
  return (
    ofConnections.has(toSystemCode(thrown) ?? '') && ['read', 'write', 'writev', 'shutdown', 'connect'].includes(String(thrown.syscall))
  );
}

/** Hands every error that nothing caught, and every rejection that nothing awaited, to `onBug`; a failure of that ends the process. */
export function catchUncaught(onBug: (thrown: unknown) => Verdict): void {
  process.on('uncaughtException', (thrown: unknown) => {
    let verdict: Verdict = 'end';
    try {
      verdict = onBug(thrown);
    } finally {
      if (verdict === 'end') process.exit(1);
    }
  });
}
