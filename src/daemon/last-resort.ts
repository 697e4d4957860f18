// The last resort: how the process reacts to an uncaught error. docs/decisions/0014 explains why.
import { toSystemCode } from '../bug.ts';

/** The error codes of a broken connection. Node has already closed it, and none of our other state depends on it. */
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

/** What the process does next: it continues, stops in order, or exits at once. */
export type Verdict = 'go-on' | 'stop' | 'end';

/**
 * Decides what to do after an uncaught error. The error event of a connection, such as a socket without an error listener,
 * harms only that connection. After any other error the state may be wrong, so the process stops in order, or exits if it cannot.
 */
export function judge(thrown: unknown, { canStop }: { readonly canStop: boolean }): Verdict {
  if (isOfConnection(thrown)) return 'go-on';
  return canStop ? 'stop' : 'end';
}

function isOfConnection(thrown: unknown): boolean {
  if (!(thrown instanceof Error) || !('syscall' in thrown)) return false;
  return (
    ofConnections.has(toSystemCode(thrown) ?? '') &&
    ['read', 'write', 'writev', 'shutdown', 'connect'].includes(String(thrown.syscall))
  );
}

/** Passes every uncaught error and unhandled rejection to `onBug`; if that fails too, the process exits. */
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
