// A worker with everything that it works with: pipes, the ways into DSM, and its own copy of the config.
import type { Clock } from '../clock.ts';
import { createAskDsm, type DsmPrograms } from '../dsm/dsm-programs.ts';
import type { NasAddress, NasSettings } from '../dsm/options.ts';
import { createVisitors } from '../dsm/visitors.ts';
import type { Logger } from '../log/log.ts';
import { createPipes } from '../processes/pipes.ts';
import { adoptProcess } from '../runners/adopted.ts';
import type { Task } from '../tasks.ts';
import { createAnswers } from './answers.ts';
import { createDsmAccess } from './dsm-access.ts';
import type { Guard } from './guard.ts';
import type { WorkerEnd } from './link.ts';
import { openPipesSoon } from './pipes-soon.ts';
import { createWorker } from './worker.ts';

/** How DSM is asked about visitors of the admin page, if it is. */
type SignInWay =
  | ({ readonly kind: 'dsm' | 'dsm-login' } & DsmPrograms)
  | { readonly kind: 'webapi'; readonly nas: NasAddress }
  | { readonly kind: 'password' };

/** What a worker needs of the config. */
export interface WorkerConfig {
  readonly tasks: readonly Task[];
  /** The NASes whose tasks can be run, by name. */
  readonly nases: ReadonlyMap<string, NasSettings>;
  /** Programs that outlive their worker are found by the path of the history. */
  readonly history: { readonly path: string };
  readonly admin?: { readonly gate: SignInWay } | undefined;
}

export interface OpenWorker {
  /** Serves the server at the other end of a link, in place of the one before. */
  attach(link: WorkerEnd): void;
  /** The link has ended. */
  detach(link: WorkerEnd): void;
  /** Finds what the programs of an earlier worker still print. To be called once. */
  begin(): void;
  /** Uses another config from now on. */
  use(config: WorkerConfig): void;
  /** Leaves what runs to itself. Returns the runs whose output has no reader any more. */
  close(): Promise<ReadonlySet<string>>;
}

export interface OpenWorkerOptions {
  readonly config: WorkerConfig;
  /** Creates what the worker asks before it does what a server wants. */
  readonly createGuard: (tasks: () => readonly Task[]) => Guard;
  /** How much of each run's output is kept for a server that comes back. */
  readonly keptBytes: number;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** Opens a worker without a server. */
export function openWorker({
  config: first,
  createGuard,
  keptBytes,
  logger,
  clock,
}: OpenWorkerOptions): OpenWorker {
  let config = first;
  const pipes = createPipes(first.history.path, logger);
  const closing = new AbortController();
  const gate = (): SignInWay => config.admin?.gate ?? { kind: 'password' };
  const visitors = createVisitors(() => {
    const way = gate();
    return way.kind === 'webapi' ? way.nas : undefined;
  });
  const answer = createAnswers({
    findNas: (name) => dsm.findNas(name),
    askPrograms(onStarted) {
      const way = gate();
      return way.kind === 'dsm' || way.kind === 'dsm-login'
        ? createAskDsm({ programs: way, onStarted })
        : undefined;
    },
    visitors,
    closing: closing.signal,
  });
  const sendStates = (): void => worker.send({ kind: 'nases', nases: [...dsm.states()] });
  const dsm = createDsmAccess({ config: first, pipes, logger, clock, onChange: () => sendStates() });
  const worker = createWorker({
    findTask: (id) => config.tasks.find((task) => task.id === id),
    execute: dsm.execute,
    adopt: (process, io) => adoptProcess(process, io, pipes),
    resume: dsm.resume,
    answer,
    guard: createGuard(() => config.tasks),
    keptBytes,
    logger,
    clock,
  });
  let pipesSoon: ReturnType<typeof openPipesSoon> | undefined;
  return {
    attach(link) {
      worker.attach(link);
      sendStates();
    },
    detach: worker.detach,
    begin() {
      pipesSoon = openPipesSoon(pipes, () => config.tasks);
    },
    use(next) {
      config = next;
      dsm.use(next);
      pipesSoon?.use(next.tasks);
    },
    async close() {
      closing.abort();
      pipesSoon?.close();
      // Runs that DSM has not been asked to start yet end here.
      await Promise.all([dsm.close(), visitors.signOutAll()]);
      return pipes.close();
    },
  };
}
