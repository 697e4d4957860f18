// Pipes that programs of an earlier daemon print to. They no longer have names, so they are found in /proc.
import fs from 'node:fs';
import { listProcesses, loadEnvironment, loadIdentity, type ProcessIdentity } from './process-identity.ts';

/** A pipe that a process can still print to. */
export interface EarlierPipe {
  /** The path at which it can be opened. */
  readonly path: string;
  /** The inode that it must have when it is opened. */
  readonly inode: number;
  /** The run of the program; undefined if the program's environment no longer names it. */
  readonly run: string | undefined;
  /** The processes that read it meanwhile, so that the program does not block. */
  readonly drains: readonly ProcessIdentity[];
}

/** The variable that marks a process which only reads the pipe of a run. */
export const drainVariable = 'REMOTETASK_DRAIN';
const runVariable = 'REMOTETASK_RUN';

/** Finds the pipes that were created in folders whose name begins with `prefix`, if this process may inspect the processes that hold them. */
export function findEarlierPipes(prefix: string): readonly EarlierPipe[] {
  const pipes = new Map<number, EarlierPipe>();
  const drains = new Map<number, ProcessIdentity[]>();
  for (const pid of listProcesses()) {
    if (pid === process.pid) continue;
    const environment = loadEnvironment(pid);
    if (findValue(environment, drainVariable) !== undefined) {
      const inode = loadInode(`/proc/${pid}/fd/0`, prefix);
      const drain = loadIdentity(pid);
      if (inode !== undefined && drain !== undefined)
        drains.set(inode, [...(drains.get(inode) ?? []), drain]);
      continue;
    }
    const run = findValue(environment, runVariable);
    // A program may have moved its output to another descriptor; without our variable, only the usual two are checked, for speed.
    for (const fd of run === undefined ? ['1', '2'] : listDescriptors(pid)) {
      const path = `/proc/${pid}/fd/${fd}`;
      const inode = loadInode(path, prefix);
      if (inode !== undefined && pipes.get(inode)?.run === undefined)
        pipes.set(inode, { path, inode, run, drains: [] });
    }
  }
  return [...pipes.values()].map((pipe) => ({ ...pipe, drains: drains.get(pipe.inode) ?? [] }));
}

function findValue(environment: readonly string[], name: string): string | undefined {
  return environment.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** The inode of one of our pipes; undefined for everything else. The kernel shows the pipe's former name. */
function loadInode(path: string, prefix: string): number | undefined {
  try {
    const [, folder = '', name = ''] = /\/([^/]+)\/([^/]+)$/.exec(fs.readlinkSync(path)) ?? [];
    if (!folder.startsWith(prefix) || !/^\d+ \(deleted\)$/.test(name)) return undefined;
    const stat = fs.statSync(path);
    return stat.isFIFO() && stat.uid === process.getuid?.() ? stat.ino : undefined;
  } catch {
    return undefined;
  }
}

function listDescriptors(pid: number): readonly string[] {
  try {
    return fs.readdirSync(`/proc/${pid}/fd`);
  } catch {
    return [];
  }
}
