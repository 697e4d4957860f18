// Whether the time of a function depends on which input it gets: Welch's t, as dudect takes it.

const callsPerSample = 10;

/** |t| of two inputs, measured in random order, without the slowest tenth: above 10 the time distinguishes them. */
export function findLeak(work: (input: Uint8Array) => unknown, a: Uint8Array, b: Uint8Array): number {
  const [leak = Infinity] = findLeaks(work, a, [b], 3000);
  return leak;
}

/** |t| of each of the others against the first input, each of them measured so often, all in random order. */
export function findLeaks(
  work: (input: Uint8Array) => unknown,
  first: Uint8Array,
  others: readonly Uint8Array[],
  samples: number,
): number[] {
  const inputs = [first, ...others];
  const times = inputs.map((): number[] => []);
  for (let i = -500; i < samples * inputs.length; i++) {
    const which = Math.floor(Math.random() * inputs.length);
    // All inputs pass through the same buffer, so that where they lie in memory makes no difference.
    const input = Buffer.from(inputs[which] ?? first);
    const began = process.hrtime.bigint();
    for (let call = 0; call < callsPerSample; call++) work(input);
    const ns = Number(process.hrtime.bigint() - began);
    if (i >= 0) times[which]?.push(ns);
  }
  const limit = times.flat().sort((x, y) => x - y)[Math.floor(samples * inputs.length * 0.9)] ?? Infinity;
  const [reference, ...rest] = times.map((list) => toMoments(list.filter((ns) => ns <= limit)));
  if (reference === undefined) throw new Error('There is a first input');
  return rest.map(
    ({ mean, variance, count }) =>
      Math.abs(mean - reference.mean) / Math.sqrt(variance / count + reference.variance / reference.count),
  );
}

interface Moments {
  readonly mean: number;
  readonly variance: number;
  readonly count: number;
}

function toMoments(list: readonly number[]): Moments {
  const mean = list.reduce((sum, ns) => sum + ns, 0) / list.length;
  return {
    mean,
    variance: list.reduce((sum, ns) => sum + (ns - mean) ** 2, 0) / (list.length - 1),
    count: list.length,
  };
}
