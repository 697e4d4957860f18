// From the `dsm` part of a config to the NASes whose tasks can be run.
import { listNases, type DsmOptions, type NasSettings } from '../dsm/options.ts';
import { renderPath, toComparisons, type Finding, type Found, type Path } from './finding.ts';
import type { SecretPlace } from './load-secret.ts';
import { toWebApiAccess } from './to-web-api.ts';

/** All NASes by name, and their problems. */
export function toNases(dsm: DsmOptions, place: SecretPlace): Found<ReadonlyMap<string, NasSettings>> {
  const found = [...listNases(dsm)].map(([name, options]) => {
    const { via, synowebapi, synoschedtask, followFor } = options;
    const { value: access, findings } = toWebApiAccess(options, toNasPath(name), place);
    const settings: NasSettings = {
      name,
      via,
      synowebapi,
      synoschedtask,
      followMs: followFor,
      webapi: access,
    };
    return { settings, findings };
  });
  return {
    value: new Map(found.map(({ settings }) => [settings.name, settings])),
    findings: [
      ...found.flatMap(({ findings }) => findings),
      ...toComparisons(findTwins(found.map(({ settings }) => settings))),
    ],
  };
}

/** The place of a NAS's options. */
export function toNasPath(name: string): Path {
  return name === '' ? ['dsm'] : ['dsm', name];
}

/** NASes that would both be this machine: DSM's tools know no other machine, so tasks of one NAS would be run on the other. */
function findTwins(nases: readonly NasSettings[]): Finding[] {
  const local = nases.filter(
    ({ via, webapi }) => via !== 'webapi' && (via !== 'auto' || webapi === undefined),
  );
  return local.flatMap((nas, i) => {
    const twin = local
      .slice(0, i)
      .find((other) => other.synowebapi === nas.synowebapi && other.synoschedtask === nas.synoschedtask);
    if (twin === undefined) return [];
    const remedy =
      nas.webapi === undefined
        ? 'Add "webapi" with "url", "account" and "password"'
        : 'Set "via" to "webapi"';
    const reason = `by DSM's tools only this machine can be reached, and that is ${renderPath([twin.name])}`;
    return [{ path: toNasPath(nas.name), subject: 'name', message: `${remedy}: ${reason}` }];
  });
}
