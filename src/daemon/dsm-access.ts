// The daemon's access to its NASes: each has its own client, which is kept until the config of that NAS changes.
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../clock.ts';
import type { LoadedConfig } from '../config/load.ts';
import { chooseWay, loadWayFacts, type ChosenWay } from '../dsm/choose-way.ts';
import { renderNas } from '../dsm/options.ts';
import type { Logger } from '../log/log.ts';
import { createDsmRunner, type DsmRunner } from '../runners/dsm.ts';
import { execute, resume, type EarlierDsmRun, type FindNas, type Way } from '../runners/execute.ts';
import { giveUp, refuse, type DsmRunIo, type Execution } from '../runners/execution.ts';
import type { Pipes } from '../processes/pipes.ts';
import { createSynoschedtaskRunner } from '../runners/synoschedtask.ts';
import { createUnclearLog } from '../runners/unclear.ts';
import { openNas, type NasHealth, type OpenNas } from '../nas/open-nas.ts';
import { describeWay } from '../nas/ways.ts';

type NasConfig = Pick<LoadedConfig, 'nases' | 'keys'>;

/** A NAS, as pages and metrics show it. */
export interface NasState {
  /** '' if the config gives the NAS no name. */
  readonly name: string;
  readonly way: ChosenWay;
  readonly health: NasHealth;
}

export interface DsmAccess {
  /** Starts a command or a task of DSM; a task of DSM uses the current client of its NAS. */
  execute(way: Way, io: DsmRunIo): Execution;
  /** Continues following a run that an earlier daemon started. */
  resume(run: EarlierDsmRun, io: DsmRunIo): Execution;
  /** Uses this config from now on; runs under way keep the client that they were started with. */
  use(config: NasConfig): void;
  states(): readonly NasState[];
  /** The NASes with their current clients; calls through them share their sessions with the runs. */
  nases(): readonly OpenNas[];
  /** Leaves the runs of DSM to DSM, and signs out. */
  close(): Promise<void>;
}

interface Nas {
  readonly open: OpenNas;
  readonly runner: DsmRunner;
  /** The latest choice: its reason may change while the way stays the same. */
  readonly way: ChosenWay;
}

/** Creates the access. It contacts no NAS until one of its tasks is started. */
export function createDsmAccess({
  config: first,
  pipes,
  logger,
  clock,
}: {
  readonly config: NasConfig;
  readonly pipes: Pick<Pipes, 'open'>;
  readonly logger: Logger;
  readonly clock: Clock;
}): DsmAccess {
  let nases: ReadonlyMap<string, Nas> = new Map();
  const retired = new Set<DsmRunner>();
  let said: ReadonlyMap<string, string> = new Map();

  const retire = (runner: DsmRunner): void => {
    retired.add(runner);
    void runner.retire().finally(() => retired.delete(runner));
  };
  const sayWays = (keys: NasConfig['keys']): void => {
    const before = said;
    const now = new Map<string, string>();
    for (const [name, { way }] of nases) {
      const notice = describeWay(name, way, keys);
      if (notice === undefined) continue;
      now.set(name, notice.text);
      if (before.get(name) === notice.text) continue;
      logger[notice.isWarning ? 'warn' : 'info']({ event: 'dsm-way', ...(name === '' ? {} : { nas: name }), way: way.kind }, notice.text);
    }
    said = now;
  };
  const use = (config: NasConfig): void => {
    const before = nases;
    nases = new Map(
      [...config.nases].map(([name, settings]) => {
        const way = chooseWay(settings, loadWayFacts(settings));
        const old = before.get(name);
        const isAsBefore = way.kind === old?.way.kind && isDeepStrictEqual(settings, old.open.settings);
        // Without a way, the reason that a run reports may have changed.
        if (isAsBefore && way.kind !== 'none') return [name, { ...old, way }];
        const open = openNas(settings, { logger, clock, way });
        return [name, { open, runner: createRunner(open, logger), way }];
      }),
    );
    for (const [name, { runner }] of before) if (nases.get(name)?.runner !== runner) retire(runner);
    sayWays(config.keys);
  };
  use(first);
  const findNas: FindNas = (name) => nases.get(name)?.runner;
  return {
    execute: (way, io) => execute(way, io, { findNas, pipes }),
    resume: (run, io) => resume(run, io, findNas),
    use,
    nases: () => [...nases.values()].map(({ open }) => open),
    states: () => [...nases].map(([name, { open, way }]) => ({ name, way, health: open.health() })),
    async close() {
      await Promise.all([...[...nases.values()].map(({ runner }) => runner), ...retired].map(async (runner) => await runner.close()));
    },
  };
}

function createRunner({ settings, way, call, versions, close }: OpenNas, logger: Logger): DsmRunner {
  const { name, followMs, synoschedtask } = settings;
  const fields = name === '' ? {} : { nas: name };
  const tellUnclear = createUnclearLog(logger, fields);
  const tellUsed = (call: string): void =>
    logger.info({ event: 'dsm-call-used', ...fields, call }, `${renderNas(name)} knows ${call}, which tells more of its tasks`);
  if (call !== undefined) return createDsmRunner({ call, close }, { followMs, versions, tellUnclear, tellUsed });
  if (way.kind === 'synoschedtask') return createSynoschedtaskRunner({ tool: synoschedtask, followMs, tellUnclear });
  const reason = `${way.sentence}. ${way.remedy ?? ''}.`;
  return {
    start: () => refuse(reason),
    resume: () => giveUp(reason),
    close: () => Promise.resolve(),
    retire: () => Promise.resolve(),
  };
}
