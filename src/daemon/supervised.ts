// Whether something starts the daemon again when it ends.

/** The exit status of a daemon that leaves its restart to its supervisor: a failure, because many supervisors ignore a good end. */
export const restartStatus = 75;

/** The process that started this one. */
const firstParent = process.ppid;

/** Whether the loop of the boot script has started this process. */
export function isFromBootScript(env: NodeJS.ProcessEnv): boolean {
  return env['REMOTETASK_SUPERVISED'] === 'parent';
}

/**
 * The boot script sets REMOTETASK_SUPERVISED to "parent", because its loop is the parent of the daemon, and does not look after it any more
 * once it has ended itself. The owner of any other supervisor can set it to 1. systemd names the process that it looks after. The
 * first process of a container is looked after by the restart policy of the container.
 */
export function isSupervised(
  env: NodeJS.ProcessEnv,
  { pid, ppid }: { readonly pid: number; readonly ppid: number } = process,
  parent = firstParent,
): boolean {
  const given = env['REMOTETASK_SUPERVISED'] ?? '';
  if (isFromBootScript(env)) return ppid === parent;
  return given === '' ? pid === 1 || env['SYSTEMD_EXEC_PID'] === String(pid) : given !== '0';
}
