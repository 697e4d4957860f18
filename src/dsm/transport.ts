// Chooses the way in which the tasks of a NAS are run: the one in the config, or the best available one.
import fs from 'node:fs';
import { lookAt } from '../look.ts';
import type { Obstacle } from '../reasons/dsm-causes.ts';
import { englishObstacles, renderNas, renderNoWay, renderWayRemedy } from '../reasons/english-dsm.ts';
import type { NasOptions, NasSettings } from './options.ts';

type ToolName = 'synowebapi' | 'synoschedtask';

/** Whether a tool of DSM can be used on this machine. */
type ToolFact = 'there' | 'missing' | 'not-executable';

/** What the choice depends on besides the config. */
export interface TransportFacts extends Readonly<Record<ToolName, ToolFact>> {
  readonly isRoot: boolean;
}

/** A way into DSM. */
export interface Transport {
  readonly kind: Exclude<NasOptions['via'], 'auto'> | 'none';
  /** The choice and its reason, without a full stop: "Tasks of DSM are run by synowebapi: it is on this machine, and the daemon is root". */
  readonly sentence: string;
  /** What to do if there is a problem; without a full stop. */
  readonly remedy: string | undefined;
  /** What stands in the way of DSM's tools, if there is no way. */
  readonly obstacles: readonly Obstacle[];
}

/** Finds out on this machine what the choice depends on. */
export function loadTransportFacts({
  synowebapi,
  synoschedtask,
}: Pick<NasSettings, ToolName>): TransportFacts {
  return {
    isRoot: process.getuid?.() === 0,
    synowebapi: loadToolFact(synowebapi),
    synoschedtask: loadToolFact(synoschedtask),
  };
}

/**
 * Chooses the way. If the config names a way, it is always used. If NASes have names, a NAS with an address is
 * reached there, because DSM's tools only know the machine that they are on, which may not be that NAS.
 */
export function chooseTransport(settings: NasSettings, facts: TransportFacts): Transport {
  const { name, via, webapi } = settings;
  const take = (kind: Transport['kind'], how: string, remedy?: string): Transport => ({
    kind,
    sentence: `Tasks of ${renderNas(name)} ${how}`,
    remedy,
    obstacles: [],
  });
  const obstacles = {
    synowebapi: findObstacle('synowebapi', facts),
    synoschedtask: findObstacle('synoschedtask', facts),
  };
  switch (via) {
    case 'webapi':
      return take(via, 'are run by the Web API, as the config says');
    case 'synowebapi':
    case 'synoschedtask': {
      const how = `are run by ${via}, as the config says`;
      return obstacles[via] === undefined
        ? take(via, how)
        : take(via, `${how}; but ${englishObstacles[obstacles[via]]}`, remedyOf(via, settings, facts));
    }
    case 'auto': {
      if (name !== '' && webapi !== undefined)
        return take('webapi', 'are run by the Web API: the config has its address');
      if (obstacles.synowebapi === undefined)
        return take('synowebapi', 'are run by synowebapi: it is on this machine, and the daemon is root');
      if (webapi !== undefined)
        return take('webapi', `are run by the Web API: ${englishObstacles[obstacles.synowebapi]}`);
      if (obstacles.synoschedtask === undefined)
        return take(
          'synoschedtask',
          `are run by synoschedtask: ${englishObstacles[obstacles.synowebapi]}, and the config has no "webapi"`,
        );
      const areMissing = facts.synowebapi === 'missing' && facts.synoschedtask === 'missing';
      const all: readonly Obstacle[] = areMissing
        ? ['tools-missing']
        : [...new Set([obstacles.synowebapi, obstacles.synoschedtask])];
      return {
        kind: 'none',
        sentence: renderNoWay(name, all),
        remedy: renderWayRemedy(name),
        obstacles: all,
      };
    }
    default:
      return via satisfies never;
  }
}

/** Why a tool cannot be used, if it cannot. */
function findObstacle(tool: ToolName, facts: TransportFacts): Obstacle | undefined {
  switch (facts[tool]) {
    case 'missing':
      return `${tool}-missing`;
    case 'not-executable':
      return `${tool}-not-executable`;
    case 'there':
      return facts.isRoot ? undefined : 'not-root';
    default:
      return facts[tool] satisfies never;
  }
}

function remedyOf(tool: ToolName, settings: NasSettings, facts: TransportFacts): string {
  const place = toPlace(settings.name);
  if (facts[tool] !== 'there')
    return `Set ${place}.${tool} to where it is, in place of ${settings[tool]}, or ${place}.via to "auto"`;
  return `Run the daemon as root, or set ${place}.via to "webapi"`;
}

/** The place of a NAS's options in the config. */
function toPlace(name: string): string {
  return name === '' ? 'dsm' : `dsm.${name}`;
}

function loadToolFact(file: string): ToolFact {
  const found = lookAt(file);
  if (found.kind !== 'there') return found.kind === 'missing' ? 'missing' : 'not-executable';
  if (!found.stat.isFile()) return 'not-executable';
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return 'there';
  } catch {
    return 'not-executable';
  }
}
