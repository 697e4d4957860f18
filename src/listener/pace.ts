// A pace for what takes long to answer: so much of it in each turn of the event loop, and the rest in later ones.

/** Creates what does `perTurn` pieces of work in a turn, at once if there is room, and keeps their order. */
export function createPace(perTurn: number): (work: () => void) => void {
  const waiting: (() => void)[] = [];
  let doneInTurn = 0;
  const endTurn = (): void => {
    const now = waiting.splice(0, perTurn);
    doneInTurn = now.length;
    if (doneInTurn > 0) setImmediate(endTurn);
    for (const work of now) work();
  };
  return (work) => {
    if (doneInTurn >= perTurn) {
      waiting.push(work);
      return;
    }
    if (doneInTurn === 0) setImmediate(endTurn);
    doneInTurn++;
    work();
  };
}
