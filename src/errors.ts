// Errors that the operator can fix: with a stable code, all their details, and the program's exit status.

const exitStatus = {
  'config-missing': 2,
  'config-invalid': 2,
  'config-changed': 1,
  'config-unwritable': 1,
  usage: 2,
  'port-taken': 1,
  'port-privileged': 1,
  'address-unavailable': 1,
  'cannot-listen': 1,
  'history-in-use': 1,
  'history-unusable': 1,
  'log-unusable': 1,
  'socket-unusable': 1,
  'no-daemon': 1,
  'no-such-run': 1,
  'no-such-task': 2,
  'not-running': 3,
  'not-in-time': 4,
  'not-started': 75,
  'output-unwritable': 1,
  'dsm-failed': 1,
} as const;

/** The codes of all errors that the operator can fix; docs/commands.md lists each. */
export type ErrorCode = keyof typeof exitStatus;

/** All codes, for the test that compares docs/commands.md with them. */
export const errorCodes: readonly string[] = Object.keys(exitStatus);

/**
 * An error that the operator can fix. `message` is one line, action first; `details` are all problems at
 * once, one line each; `exitStatus` is the exit status for the process. Never contains a key.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: readonly string[];
  readonly exitStatus: number;

  constructor(code: ErrorCode, message: string, details: readonly string[] = []) {
    super(message);
    this.name = 'AppError';
    this.code = code;
    this.details = details;
    this.exitStatus = exitStatus[code];
  }
}

/** The system's code of an error (`ENOENT`), or `unknown` without one. The message is left out, because it may contain argv. */
export function toErrorCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown';
}
