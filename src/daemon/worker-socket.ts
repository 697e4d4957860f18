// The socket that a worker listens on: only one user can connect to it, in a folder that no one else can write.
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { AppError, toErrorCode } from '../errors.ts';
import { lookAtLink } from '../look.ts';
import { findExposure } from '../processes/writers.ts';

/** More connections than this are ended at once: an honest server has one, and for a moment its successor has another. */
const maxConnections = 8;

/** Listens at a path. Node cannot ask who is at the other end of a socket, so the file decides who may connect. Throws AppError `socket-unusable`. */
export async function listenForServer(
  file: string,
  uid: number,
  onConnection: (socket: net.Socket) => void,
): Promise<{ close(): void }> {
  prepareFolder(path.dirname(file));
  if (lookAtLink(file).kind !== 'missing') await removeUnused(file);
  const server = net.createServer(onConnection);
  server.maxConnections = maxConnections;
  // The file must never have more rights than these, not even for a moment: whoever can write to it can connect.
  const before = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(file, resolve);
    });
    fs.chmodSync(file, 0o600);
    if (uid !== process.getuid?.()) fs.lchownSync(file, uid, process.getgid?.() ?? 0);
  } catch (error) {
    server.close();
    throw unusable(file, `it cannot be made (${toErrorCode(error)})`, [
      toErrorCode(error) === 'EPERM'
        ? 'Only root can be the worker of another user'
        : 'Give another path, of at most 107 bytes',
    ]);
  } finally {
    process.umask(before);
  }
  return {
    close() {
      server.close();
    },
  };
}

/** Makes the folder if it is missing. Others may go through it, and must not write there, nor replace it. */
function prepareFolder(folder: string): void {
  try {
    fs.mkdirSync(folder, { mode: 0o711 });
    fs.chmodSync(folder, 0o711);
  } catch (error) {
    if (toErrorCode(error) !== 'EEXIST')
      throw unusable(folder, `the folder cannot be made (${toErrorCode(error)})`, [
        'Make the folder above it, as the user of the worker',
      ]);
  }
  const exposure = findExposure(folder, process.getuid?.());
  if (exposure !== undefined)
    throw unusable(folder, `others could put another socket there: ${exposure.path}: ${exposure.what}`, [
      'Give the socket a folder of its own that only the user of the worker can write, such as /run/remotetask',
    ]);
}

/** Removes the socket that a worker left behind; refuses if one still listens, or if it is something else. */
async function removeUnused(file: string): Promise<void> {
  const found = lookAtLink(file);
  if (found.kind !== 'there' || !found.stat.isSocket())
    throw unusable(file, 'something else is there', ['Remove it, or give another path']);
  const isUsed = await new Promise<boolean>((resolve) => {
    const probe = net.connect(file, () => resolve(true)).once('error', () => resolve(false));
    probe.once('connect', () => probe.destroy());
  });
  if (isUsed)
    throw unusable(file, 'another worker listens there', ['One worker is enough; stop the other one first']);
  fs.unlinkSync(file);
}

function unusable(file: string, why: string, details: readonly string[]): AppError {
  return new AppError('socket-unusable', `Cannot use ${file} as the socket of the worker: ${why}`, details);
}
