// The strangers of earlier daemons, by network: from the end of the attempts on disk.
import { refusals, type AttemptLine, type Refusal } from './attempt.ts';

/** Strangers of one network, seen by earlier daemons. */
export interface EarlierStrangers {
  calls: number;
  lastSeenMs: number;
  readonly kinds: Map<Refusal, number>;
}

/** How many networks are kept. */
const maxNetworks = 1000;

const isRefusal = (result: string): result is Refusal => refusals.some((refusal) => refusal === result);

/** Counts the strangers among attempts, which come newest first, before a wall time; at most `max` attempts are looked at. */
export async function countEarlierStrangers(
  attempts: AsyncIterable<AttemptLine>,
  {
    beforeMs,
    max,
    toNetwork,
  }: { readonly beforeMs: number; readonly max: number; readonly toNetwork: (address: string) => string },
): Promise<ReadonlyMap<string, EarlierStrangers>> {
  const networks = new Map<string, EarlierStrangers>();
  const count = (network: string, calls: number, atMs: number, kind: Refusal | undefined): void => {
    const seen = networks.get(network) ?? { calls: 0, lastSeenMs: atMs, kinds: new Map() };
    if (seen.calls === 0 && networks.size >= maxNetworks) return;
    networks.set(network, seen);
    seen.calls += calls;
    if (kind !== undefined) seen.kinds.set(kind, (seen.kinds.get(kind) ?? 0) + calls);
  };
  let looked = 0;
  for await (const { result, address, networks: flooded = {}, at } of attempts) {
    if (++looked > max) break;
    const atMs = Date.parse(at);
    if (atMs >= beforeMs) continue;
    if (isRefusal(result) && result !== 'limited' && address !== undefined)
      count(toNetwork(address), 1, atMs, result);
    for (const [network, calls] of Object.entries(flooded)) count(network, calls, atMs, undefined);
  }
  return networks;
}
