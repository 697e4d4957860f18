// Signals: which ones stop the daemon, and which are only logged. No signal opens a debugger, and no signal ends the daemon without a log line.
import tty from 'node:tty';

/** A request to stop the daemon: the reason, and the exit status to use. */
export interface Stop {
  readonly reason: string;
  readonly exitStatus: number;
  /** Whether runs get no time to end by themselves: runs that may outlive the daemon are left at once. */
  readonly isUrgent: boolean;
  /** Whether a new daemon is to take the place of this one. */
  readonly restarts?: boolean;
}

/** These request a stop; a second one, some time later, means "at once". */
const stopping = ['SIGTERM', 'SIGINT'] as const;
/**
 * Within this time a second signal is the first one again: a terminal sends Ctrl-C, or the HUP of its closing, to npm and the
 * shell as well, and each of them passes it on.
 */
const sameMs = 1000;
/** A terminal that is being closed may send HUP so long before it is gone. */
const closingMs = 2000;
/** These request a stop too, but never count as the second one: Ctrl-\, a power failure, or a supervisor that forwards a stop. */
const alsoStopping = ['SIGQUIT', 'SIGPWR'] as const;
/** These mean that the process itself is in trouble: it stops in order, so that a supervisor starts it again. */
const troubled = ['SIGXCPU', 'SIGABRT'] as const;
/**
 * These mean nothing to the daemon, but by default would end it or open Node's inspector. PIPE and XFSZ are not listed: Node ignores
 * both, and logging each one could raise the next. ILL, BUS, FPE and SEGV are left to the system, because the processor raises them
 * again as soon as a handler returns; except on x64 that is true for TRAP too.
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
 * Calls `onStop` once the daemon is to stop; a later signal ends it at once. HUP calls `onHangup`, unless it came because
 * the terminal was closed. `onIgnored` is called for signals that change nothing.
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
  let askedAtMs: number | undefined;
  const stop = (reason: string, exitStatus: number): void => {
    if (isStopping) return;
    isStopping = true;
    onStop({ reason, exitStatus, isUrgent: exitStatus !== 0 });
  };
  const stopOrEnd = (signal: NodeJS.Signals): void => {
    askedAtMs ??= performance.now();
    if (performance.now() - askedAtMs > sameMs) process.exit(1);
    stop(signal, 0);
  };
  for (const signal of stopping) process.on(signal, stopOrEnd);
  for (const signal of alsoStopping) process.on(signal, () => stop(signal, 0));
  for (const signal of troubled) process.on(signal, () => stop(signal, 1));
  for (const signal of ignored) process.on(signal, () => onIgnored(signal));
  process.on('SIGHUP', (signal) => {
    if (hadTerminal && !tty.isatty(1)) return stopOrEnd(signal);
    onHangup();
    if (hadTerminal)
      setTimeout(() => {
        if (!tty.isatty(1)) stop(signal, 0);
      }, closingMs).unref();
  });
}
