// Listening, with what the operator can do where it fails.
import { AppError, toErrorCode } from '../errors.ts';

/** What is to listen where; `part` is the part of the config that says so. */
export interface Listening {
  readonly part: 'server' | 'admin';
  readonly host: string;
  readonly port: number;
}

/** Listens, or throws AppError. */
export async function listen(app: { listen(host: string, port: number): Promise<void> }, { part, host, port }: Listening): Promise<void> {
  try {
    await app.listen(host, port);
  } catch (error) {
    const code = toErrorCode(error);
    const where = `port ${port} of ${host}`;
    if (code === 'EADDRINUSE')
      throw new AppError('port-taken', `Cannot listen on ${where}: another program does`, [
        `Stop that program (is it another remotetask?), or set ${part}.port in the config`,
      ]);
    if (code === 'EACCES')
      throw new AppError('port-privileged', `Cannot listen on ${where}: ports below 1024 are for root`, [
        `Set ${part}.port in the config to 1024 or more`,
      ]);
    if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT')
      throw new AppError('address-unavailable', `Cannot listen on ${host}: this machine does not have that address`, [
        `Set ${part}.listen in the config to one of its addresses, or to ${part === 'server' ? '"0.0.0.0"' : '"127.0.0.1"'}`,
      ]);
    throw error;
  }
}
