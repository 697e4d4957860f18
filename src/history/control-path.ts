// The location of a daemon's control socket: beside its history.

/** The path of the socket for the path of a history. */
export function toControlPath(historyPath: string): string {
  return `${historyPath}.sock`;
}
