// Signals: which stop the daemon, and which are only noted. None opens anything, and none ends it without a word.
import tty from 'node:tty';

/** The daemon is to stop: why, and the exit status that it then ends with. */
export interface Stop {
  readonly reason: string;
  readonly exitStatus: number;
  /** Whether runs get no time to end by themselves: those that may be left are left at once. */
  readonly isUrgent: boolean;
}

/** Ask for a stop; a second one of these means "at once". */
const stopping = ['SIGTERM', 'SIGINT'] as const;
/** Ask for a stop as well, and never count as a second one: Ctrl-\, a power failure, or a supervisor that passes a stop on. */
const alsoStopping = ['SIGQUIT', 'SIGPWR'] as const;
/** Mean that the process itself is in trouble: it stops in order, and a supervisor is to start it again. */
const troubled = ['SIGXCPU', 'SIGABRT'] as const;
/**
 * Mean nothing to the daemon, and by default would end it, or open Node's inspector. PIPE and XFSZ are not among them: Node ignores
 * both, and a line in the log for each could raise the next. ILL, BUS, FPE and SEGV are left to the system, because a processor
 * raises them again and again where a handler returns; so it does with TRAP, except on x64.
 */
const ignored = [
  'SIGUSR1',
  'SIGUSR2',
  'SIGALRM',
  'SIGVTALRM',
  'SIGPROF',
  'SIGIO',
  'SIGSTKFLT',
  'SIGSYS',
  ...(process.arch === 'x64' ? (['SIGTRAP'] as const) : []),
] as const;

/**
 * Calls `onStop` once the daemon is to stop; a second signal ends it at once. HUP calls `onHangup`, unless it came because
 * the terminal was closed. `onIgnored` is told of signals that change nothing.
 */
export function listenToSignals({
  onStop,
  onHangup,
  onIgnored,
}: {
  readonly onStop: (stop: Stop) => void;
  readonly onHangup: () => void;
  readonly onIgnored: (signal: NodeJS.Signals) => void;
}): void {
  const hadTerminal = tty.isatty(1);
  let isStopping = false;
  let isAsked = false;
  const stop = (reason: string, exitStatus: number): void => {
    if (isStopping) return;
    isStopping = true;
    onStop({ reason, exitStatus, isUrgent: exitStatus !== 0 });
  };
  const stopOrEnd = (signal: NodeJS.Signals): void => {
    if (isAsked) process.exit(1);
    isAsked = true;
    stop(signal, 0);
  };
  for (const signal of stopping) process.on(signal, stopOrEnd);
  for (const signal of alsoStopping) process.on(signal, () => stop(signal, 0));
  for (const signal of troubled) process.on(signal, () => stop(signal, 1));
  for (const signal of ignored) process.on(signal, () => onIgnored(signal));
  process.on('SIGHUP', (signal) => {
    if (hadTerminal && !tty.isatty(1)) stopOrEnd(signal);
    else onHangup();
  });
}
