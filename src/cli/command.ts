// What a command is, and what it receives.

/** The input of a command. */
export interface CommandInput {
  /** Absolute path. */
  readonly configFile: string;
  /** The arguments after the command's name. */
  readonly operands: readonly string[];
  /** The address that callers use, if it is not the daemon's own. */
  readonly base: string | undefined;
  /** Whether the answer is meant for programs. */
  readonly isJson: boolean;
  /** Whether to ask DSM, too. */
  readonly isLive: boolean;
  /** Whether to report only the daemon's health. */
  readonly asksHealth: boolean;
  /** The id of a task to start. */
  readonly run: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** Whether standard output is a terminal. */
  readonly isTerminal: boolean;
}

/** One word on the command line, or two. */
export interface Command {
  readonly name: string;
  /** Its usage, without the program's name. */
  readonly usage: string;
  readonly summary: string;
  readonly maxOperands: number;
  /** Returns the exit status, or undefined if the process keeps running. Throws AppError. */
  readonly run: (input: CommandInput) => Promise<number | undefined>;
}
