// An opened NAS: the chosen way, calls through it, and its state.
import type { Clock } from '../clock.ts';
import type { CallDsm, DsmAnswer } from '../dsm/call.ts';
import { chooseTransport, loadTransportFacts, type Transport } from '../dsm/transport.ts';
import { createDsmClient, type DsmClient, type DsmClientOptions } from '../dsm/client.ts';
import type { NasSettings, WebApiAccess } from '../dsm/options.ts';
import type { Logger } from '../log/log.ts';
import { createSynowebapiClient } from '../dsm/synowebapi.ts';
import type { OpenPipe } from '../processes/process.ts';

/** The state of a NAS, and a sentence that describes it. */
interface NasHealth {
  readonly kind: 'unused' | 'fine' | 'failing';
  readonly sentence: string;
  /** The time until the next try, where there is one. */
  readonly retryInMs?: number;
}

export interface OpenNas {
  readonly settings: NasSettings;
  readonly transport: Transport;
  /** Calls DSM; undefined if the transport is synoschedtask or there is no transport, because then no calls are possible. */
  readonly call: CallDsm | undefined;
  /** Versions of DSM's calls that the config forces; only for the Web API. */
  readonly versions: WebApiAccess['versions'];
  readonly health: () => NasHealth;
  /** Signs out, if it has signed in. */
  readonly close: () => Promise<void>;
}

export interface OpenNasOptions {
  readonly logger: Logger;
  readonly clock: Clock;
  /** The chosen transport; if not given, it is chosen now. */
  readonly transport?: Transport;
  /** For processes of DSM's tool that may outlive this one. */
  readonly openPipe?: OpenPipe;
  /** Called when a session of the Web API is over. */
  readonly onSessionOver?: DsmClientOptions['onSessionOver'];
  /** Called when the health may have changed. */
  readonly onChange?: () => void;
}

const unused: NasHealth = { kind: 'unused', sentence: 'It was not asked for anything yet.' };

/** Opens a NAS, without contacting it before the first call. The caller must close it. */
export function openNas(
  settings: NasSettings,
  {
    logger,
    clock,
    transport = chooseTransport(settings, loadTransportFacts(settings)),
    openPipe,
    onSessionOver,
    onChange = () => {},
  }: OpenNasOptions,
): OpenNas {
  const { name, webapi, synowebapi } = settings;
  if (transport.kind === 'webapi' && webapi !== undefined) {
    const client = createDsmClient({ name, access: webapi, logger, clock, onSessionOver, onChange });
    return {
      settings,
      transport,
      call: client.call,
      versions: webapi.versions,
      health: () => toHealth(client.health()),
      close: client.close,
    };
  }
  if (transport.kind === 'synowebapi') {
    const client = createSynowebapiClient({ tool: synowebapi, logger, openPipe });
    let last: DsmAnswer | undefined;
    const call: CallDsm = async (request, stop) => {
      last = await client.call(request, stop);
      onChange();
      return last;
    };
    return { settings, transport, call, versions: {}, health: () => toToolHealth(last), close: client.close };
  }
  const health: NasHealth =
    transport.kind === 'none' ? { kind: 'failing', sentence: `${transport.sentence}.` } : unused;
  return {
    settings,
    transport,
    call: undefined,
    versions: {},
    health: () => health,
    close: () => Promise.resolve(),
  };
}

function toHealth(health: ReturnType<DsmClient['health']>): NasHealth {
  switch (health.kind) {
    case 'unused':
      return unused;
    case 'signed-in':
      return { kind: 'fine', sentence: 'Signed in.' };
    case 'signed-out':
      return { kind: 'fine', sentence: 'Signs in again when it has to.' };
    case 'failing':
      return { kind: 'failing', sentence: health.reason, retryInMs: health.retryInMs };
    default:
      return health satisfies never;
  }
}

/** The tool is started again for each call, so the last call determines the state. */
function toToolHealth(last: DsmAnswer | undefined): NasHealth {
  if (last === undefined) return unused;
  return last.kind === 'unanswered'
    ? { kind: 'failing', sentence: last.reason }
    : { kind: 'fine', sentence: 'It answers.' };
}
