// The worker's access to its NASes: each has its own client, which is kept until the config of that NAS changes.
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../clock.ts';
import { chooseTransport, loadTransportFacts, type Transport } from '../dsm/transport.ts';
import { renderNas, type NasSettings } from '../dsm/options.ts';
import type { Reason } from '../reasons/reason.ts';
import type { Logger } from '../log/log.ts';
import { createDsmRunner, type DsmRunner } from '../runners/dsm.ts';
import { execute, resume, type EarlierDsmRun, type FindNas, type Runner } from '../runners/execute.ts';
import { giveUp, refuse, type DsmRunIo, type Execution } from '../runners/execution.ts';
import type { Pipes } from '../processes/pipes.ts';
import type { OpenPipe } from '../processes/process.ts';
import { createSynoschedtaskRunner } from '../runners/synoschedtask.ts';
import { createUnclearLog } from '../runners/unclear.ts';
import { openNas, type OpenNas } from '../nas/open-nas.ts';
import type { NasState } from './dsm-shapes.ts';
import { describeTransport } from '../nas/transport-notices.ts';
import type { Task } from '../tasks.ts';

/** The NASes of the config by name, and the tasks that use them. */
interface NasConfig {
  readonly nases: ReadonlyMap<string, NasSettings>;
  readonly tasks: readonly Task[];
}

export interface DsmAccess {
  /** Starts a command or a task of DSM; a task of DSM uses the current client of its NAS. */
  execute(runner: Runner, io: DsmRunIo): Execution;
  /** Continues following a run that an earlier daemon started. */
  resume(run: EarlierDsmRun, io: DsmRunIo): Execution;
  /** Uses this config from now on; runs under transport keep the client that they were started with. */
  use(config: NasConfig): void;
  states(): readonly NasState[];
  /** A NAS with its current client; calls through it share its session with the runs. */
  findNas(name: string): OpenNas | undefined;
  /** Leaves the runs of DSM to DSM, and signs out. */
  close(): Promise<void>;
}

interface Nas {
  /** The number of its client. */
  readonly client: number;
  readonly open: OpenNas;
  readonly runner: DsmRunner;
  /** The latest choice: its reason may change while the transport stays the same. */
  readonly transport: Transport;
}

/** Creates the access. It contacts no NAS until one of its tasks is started. */
export function createDsmAccess({
  config: first,
  pipes,
  logger,
  clock,
  onChange = () => {},
}: {
  readonly config: NasConfig;
  readonly pipes: Pick<Pipes, 'open'>;
  /** Called when a state may have changed. */
  readonly onChange?: () => void;
  readonly logger: Logger;
  readonly clock: Clock;
}): DsmAccess {
  let nases: ReadonlyMap<string, Nas> = new Map();
  const retired = new Set<DsmRunner>();
  let said: ReadonlyMap<string, string> = new Map();
  let clients = 0;

  // They belong to no run: the program of a task of DSM is not ours.
  const openPipe: OpenPipe = (takeOutput) => pipes.open('', takeOutput, false);
  const retire = (runner: DsmRunner): void => {
    retired.add(runner);
    void runner.retire().finally(() => retired.delete(runner));
  };
  const sayWays = (tasks: NasConfig['tasks']): void => {
    const before = said;
    const now = new Map<string, string>();
    for (const [name, { transport }] of nases) {
      const notice = describeTransport(name, transport, tasks);
      if (notice === undefined) continue;
      now.set(name, notice.text);
      if (before.get(name) === notice.text) continue;
      logger[notice.isWarning ? 'warn' : 'info'](
        { event: 'dsm-way', ...(name === '' ? {} : { nas: name }), way: transport.kind },
        notice.text,
      );
    }
    said = now;
  };
  const use = (config: NasConfig): void => {
    const before = nases;
    nases = new Map(
      [...config.nases].map(([name, settings]) => {
        const transport = chooseTransport(settings, loadTransportFacts(settings));
        const old = before.get(name);
        const isAsBefore =
          transport.kind === old?.transport.kind && isDeepStrictEqual(settings, old.open.settings);
        // Without a transport, the reason that a run reports may have changed.
        if (isAsBefore && transport.kind !== 'none') return [name, { ...old, transport }];
        const open = openNas(settings, { logger, clock, transport, openPipe, onChange });
        return [name, { client: ++clients, open, runner: createRunner(open, logger, openPipe), transport }];
      }),
    );
    for (const [name, { runner }] of before) if (nases.get(name)?.runner !== runner) retire(runner);
    sayWays(config.tasks);
  };
  use(first);
  const findNas: FindNas = (name) => nases.get(name)?.runner;
  return {
    execute: (runner, io) => execute(runner, io, { findNas, pipes }),
    resume: (run, io) => resume(run, io, findNas),
    use(config) {
      use(config);
      onChange();
    },
    findNas: (name) => nases.get(name)?.open,
    states: () =>
      [...nases].map(
        ([
          name,
          {
            client,
            open,
            transport: { kind: way, sentence },
          },
        ]) => ({
          name,
          client,
          way,
          sentence,
          health: open.health(),
        }),
      ),
    async close() {
      await Promise.all(
        [...[...nases.values()].map(({ runner }) => runner), ...retired].map(
          async (runner) => await runner.close(),
        ),
      );
    },
  };
}

function createRunner(
  { settings, transport, call, versions, close }: OpenNas,
  logger: Logger,
  openPipe: OpenPipe,
): DsmRunner {
  const { name, followMs, synoschedtask } = settings;
  const fields = name === '' ? {} : { nas: name };
  const tellUnclear = createUnclearLog(logger, fields);
  const tellUsed = (call: string): void =>
    logger.info(
      { event: 'dsm-call-used', ...fields, call },
      `${renderNas(name)} knows ${call}, which tells more of its tasks`,
    );
  if (call !== undefined)
    return createDsmRunner({ call, close }, { followMs, versions, tellUnclear, tellUsed });
  if (transport.kind === 'synoschedtask')
    return createSynoschedtaskRunner({ tool: synoschedtask, followMs, tellUnclear, openPipe });
  const noWay = (isEarlier: boolean): Reason => ({
    code: 'no-way-into-dsm',
    nas: name,
    obstacles: [...transport.obstacles],
    isEarlier,
  });
  return {
    start: () => refuse(noWay(false)),
    resume: () => giveUp(noWay(true)),
    close: () => Promise.resolve(),
    retire: () => Promise.resolve(),
  };
}
