// The pipes of programs, a moment after the start: the first answers come first.
import type { LoadedConfig } from '../config/load.ts';
import type { Pipes } from '../processes/pipes.ts';

/** How long after the start the pipes of earlier programs are looked for, and new ones are created. */
const pipesMs = 250;

export interface PipesSoon {
  /** Prepares new pipes if the tasks of this config need them. */
  use(config: LoadedConfig): void;
  close(): void;
}

/** Looks for the pipes of earlier programs soon, and prepares those that the config of then needs. */
export function openPipesSoon(
  pipes: Pick<Pipes, 'takeUp' | 'prepare'>,
  loadCurrent: () => LoadedConfig,
): PipesSoon {
  const use = ({ tasks }: LoadedConfig): void => {
    if (tasks.some((task) => task.output !== 'none')) pipes.prepare();
  };
  const timer = setTimeout(() => {
    pipes.takeUp();
    use(loadCurrent());
  }, pipesMs).unref();
  return { use, close: () => clearTimeout(timer) };
}
