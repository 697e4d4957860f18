// Whether something starts the daemon again when it ends.

/** The exit status of a daemon that leaves its restart to its supervisor: a failure, because many supervisors ignore a good end. */
export const restartStatus = 75;

/**
 * The boot script sets REMOTETASK_SUPERVISED, and so can the owner of any other supervisor. systemd names the process that it
 * looks after. The first process of a container is looked after by the restart policy of the container.
 */
export function isSupervised(env: NodeJS.ProcessEnv, { pid }: { readonly pid: number } = process): boolean {
  const given = env['REMOTETASK_SUPERVISED'] ?? '';
  return given === '' ? pid === 1 || env['SYSTEMD_EXEC_PID'] === String(pid) : given !== '0';
}
