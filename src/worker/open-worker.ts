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
import type { WorkerEnd } from './link.ts';
import { openPipesSoon } from './pipes-soon.ts';
import { serveLink } from './worker.ts';

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
  /** Finds what the programs of an earlier worker still print. To be called once, after the server has asked for its earlier runs. */
  begin(): void;
  /** Uses another config from now on. */
  use(config: WorkerConfig): void;
  /** Leaves what runs to itself. Returns the runs whose output has no reader any more. */
  close(): Promise<ReadonlySet<string>>;
}

/** Opens a worker that serves the server at the other end of the link. */
export function openWorker(
  link: WorkerEnd,
  {
    config: first,
    logger,
    clock,
  }: { readonly config: WorkerConfig; readonly logger: Logger; readonly clock: Clock },
): OpenWorker {
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
  const sendStates = (): void => link.send({ kind: 'nases', nases: [...dsm.states()] });
  const dsm = createDsmAccess({ config: first, pipes, logger, clock, onChange: () => sendStates() });
  serveLink(link, {
    findTask: (id) => config.tasks.find((task) => task.id === id),
    execute: dsm.execute,
    adopt: (process, io) => adoptProcess(process, io, pipes),
    resume: dsm.resume,
    answer,
    logger,
  });
  sendStates();
  let pipesSoon: ReturnType<typeof openPipesSoon> | undefined;
  return {
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
