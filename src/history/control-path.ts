// Where the control socket of a daemon is: beside its history.

/** The path of the socket, by the path of the history. */
export function toControlPath(historyPath: string): string {
  return `${historyPath}.sock`;
}
