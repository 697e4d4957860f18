// One after the other: what stops everything for a moment is done once in each turn of the event loop.

/**
 * Makes a function that resolves for one caller in each turn of the event loop. A fork stops everything while it
 * lasts; many in one turn would keep all answers waiting.
 */
export function createTurns(): () => Promise<void> {
  let turn: Promise<void> | undefined;
  return async () => {
    while (turn !== undefined) await turn;
    turn = new Promise((resolve) => {
      setImmediate(() => {
        turn = undefined;
        resolve();
      });
    });
  };
}
