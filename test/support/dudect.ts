// Whether the time of a function depends on which of two inputs it gets: Welch's t, as dudect takes it.

const [samples, callsPerSample] = [6000, 10];

/** |t| of two inputs, measured in random order, without the slowest tenth: above 10 the time distinguishes them. */
export function findLeak(work: (input: Uint8Array) => unknown, a: Uint8Array, b: Uint8Array): number {
  const [first, second] = measure(work, a, b);
  return (
    Math.abs(first.mean - second.mean) /
    Math.sqrt(first.variance / first.count + second.variance / second.count)
  );
}

/** How far apart the times of two inputs are on average, in nanoseconds for each call. */
export function findGapNs(work: (input: Uint8Array) => unknown, a: Uint8Array, b: Uint8Array): number {
  const [first, second] = measure(work, a, b);
  return Math.abs(first.mean - second.mean) / callsPerSample;
}

function measure(
  work: (input: Uint8Array) => unknown,
  a: Uint8Array,
  b: Uint8Array,
): readonly [Moments, Moments] {
  const times: [number[], number[]] = [[], []];
  for (let i = -500; i < samples; i++) {
    const which = Math.random() < 0.5 ? 0 : 1;
    // Both inputs pass through the same buffer, so that where they lie in memory makes no difference.
    const input = Buffer.from(which === 0 ? a : b);
    const began = process.hrtime.bigint();
    for (let call = 0; call < callsPerSample; call++) work(input);
    const ns = Number(process.hrtime.bigint() - began);
    if (i >= 0) times[which].push(ns);
  }
  const limit = [...times[0], ...times[1]].sort((x, y) => x - y)[Math.floor(samples * 0.9)] ?? Infinity;
  const [first, second] = times.map((list) => toMoments(list.filter((ns) => ns <= limit)));
  if (first === undefined || second === undefined) throw new Error('There are two inputs');
  return [first, second];
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
