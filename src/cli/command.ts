// What a command is, and what it is given.

/** What a command works on. */
export interface CommandInput {
  /** Absolute path. */
  readonly configFile: string;
  /** What stands behind the command's name. */
  readonly operands: readonly string[];
  /** The address that callers use, where it is not the daemon's own. */
  readonly base: string | undefined;
  /** Whether the answer is for programs. */
  readonly isJson: boolean;
  /** Whether DSM is to be asked, too. */
  readonly isLive: boolean;
  /** Whether nothing but the daemon's health is asked for. */
  readonly asksHealth: boolean;
  /** The id of a task that is to be started. */
  readonly run: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** Whether standard output is a terminal. */
  readonly isTerminal: boolean;
}

/** One word on the command line, or two. */
export interface Command {
  readonly name: string;
  /** How it is written, without the program's name. */
  readonly usage: string;
  readonly summary: string;
  readonly maxOperands: number;
  /** The exit status, or undefined where the process goes on. Throws AppError. */
  readonly run: (input: CommandInput) => Promise<number | undefined>;
}
