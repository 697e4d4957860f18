// Signals, and what nobody caught: how the daemon is told to stop.
import tty from 'node:tty';

/**
 * Resolves with the reason once the daemon is to stop. A second signal ends it at once. HUP calls `onHangup`,
 * unless it came because the terminal was closed.
 */
export function awaitStop({ onHangup }: { readonly onHangup: () => void }): Promise<string> {
  const hadTerminal = tty.isatty(1);
  return new Promise((resolve) => {
    let isStopping = false;
    const stop = (signal: NodeJS.Signals): void => {
      if (isStopping) process.exit(1);
      isStopping = true;
      resolve(signal);
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    process.on('SIGHUP', (signal) => {
      if (hadTerminal && !tty.isatty(1)) stop(signal);
      else onHangup();
    });
  });
}
