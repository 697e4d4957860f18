// What an operator can mend: errors with a stable code, all their details, and the exit status they end the program with.

const exitStatus = {
  'config-missing': 2,
  'config-invalid': 2,
  usage: 2,
  'port-taken': 1,
  'port-privileged': 1,
  'address-unavailable': 1,
  'cannot-listen': 1,
  'history-in-use': 1,
  'history-unusable': 1,
  'log-unusable': 1,
  'no-daemon': 1,
  'no-such-run': 1,
  'dsm-failed': 1,
} as const;

/** The codes of everything that an operator can mend; docs/commands.md names each. */
export type ErrorCode = keyof typeof exitStatus;

/** All codes, for the test that holds docs/commands.md to them. */
export const errorCodes: readonly string[] = Object.keys(exitStatus);

/**
 * Something that an operator can mend. `message` is one line, action first; `details` are all problems at
 * once, one line each; `exitStatus` is what the process should end with. Never holds a key.
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

/** The system's code of an error (`ENOENT`), or `unknown` where it has none. Its message is left out: it may hold argv. */
export function toErrorCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown';
}
