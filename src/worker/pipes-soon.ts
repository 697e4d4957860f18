// The pipes of programs, a moment after the start: the first answers come first.
import type { Pipes } from '../processes/pipes.ts';
import type { Task } from '../tasks.ts';

/** How long after the start the pipes of earlier programs are looked for, and new ones are created. */
const pipesMs = 250;

export interface PipesSoon {
  /** Prepares new pipes if one of these tasks needs them. */
  use(tasks: readonly Task[]): void;
  close(): void;
}

/** Looks for the pipes of earlier programs soon, and prepares those that the tasks of then need. */
export function openPipesSoon(
  pipes: Pick<Pipes, 'takeUp' | 'prepare'>,
  loadCurrent: () => readonly Task[],
): PipesSoon {
  const use = (tasks: readonly Task[]): void => {
    if (tasks.some((task) => task.output !== 'none')) pipes.prepare();
  };
  const timer = setTimeout(() => {
    pipes.takeUp();
    use(loadCurrent());
  }, pipesMs).unref();
  return { use, close: () => clearTimeout(timer) };
}
