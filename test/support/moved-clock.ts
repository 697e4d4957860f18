// A daemon whose wall clock shows another time than this machine's.

/** Arguments for Node that move the clock of a process. */
export function moveClock(byMs: number): readonly string[] {
  const code = `const real = Date;
globalThis.Date = class extends real {
  constructor(...parts) {
    super(...(parts.length === 0 ? [real.now() + ${byMs}] : parts));
  }
  static now() {
    return real.now() + ${byMs};
  }
};`;
  return ['--import', `data:text/javascript,${encodeURIComponent(code)}`];
}
