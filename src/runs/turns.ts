// One after the other: work that blocks the event loop for a moment is done once in each turn.

/**
 * Creates a function that resolves for one caller in each turn of the event loop. A fork blocks everything while it
 * lasts; many in one turn would delay all answers.
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
