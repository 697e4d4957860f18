// What a command is, and what it receives. Help, the man page, shell completion and docs/commands.md come from these entries.
import { renderOption, type Meanings, type OptionName, type OptionValues, type WordKind } from './options.ts';

/** The input of a command. */
export interface CommandInput {
  /** Absolute path. */
  readonly configFile: string;
  /** The arguments after the command's name. */
  readonly operands: readonly string[];
  readonly options: OptionValues;
  readonly env: NodeJS.ProcessEnv;
  /** Whether standard output is a terminal. */
  readonly isTerminal: boolean;
  /** How many columns a line of text may fill. */
  readonly width: number;
  /** The program as it was called, for messages that name a command to type. */
  readonly called: string;
  /** All commands. */
  readonly commands: readonly Command[];
}

interface Operand {
  readonly name: string;
  readonly kind: WordKind;
  readonly isOptional?: boolean;
  /** Whether several words may stand in its place. */
  readonly isRepeated?: boolean;
}

/** One word on the command line, or two. */
export interface Command {
  readonly name: string;
  readonly operands?: readonly Operand[];
  /** The options that it accepts besides those of every command. */
  readonly options?: readonly OptionName[];
  /** Options that mean something else here than in other commands. */
  readonly meanings?: Meanings;
  /** One line; begins with a verb. */
  readonly summary: string;
  /** Paragraphs for its help. */
  readonly details?: readonly string[];
  /** What its exit statuses mean, where they mean more than those of every command. */
  readonly statuses?: Readonly<Record<string, string>>;
  /** Returns the exit status, or undefined if the process keeps running. Throws AppError. */
  readonly run: (input: CommandInput) => Promise<number | undefined>;
}

/** How a command is used, without the program's name: `url [TASK] [--base URL]`. */
export function renderUsage({ name, operands = [], options = [], meanings }: Command): string {
  const words = operands.map(({ name: word, isOptional, isRepeated }) => {
    const shown = isRepeated === true ? `${word}...` : word;
    return isOptional === true ? `[${shown}]` : shown;
  });
  return [name, ...words, ...options.map((option) => `[${renderOption(option, meanings)}]`)].join(' ');
}
