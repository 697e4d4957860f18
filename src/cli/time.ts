// Times for people at a terminal.

/** An ISO time in the zone of this machine: `2026-11-30 18:05:09`. */
export function renderTime(iso: string): string {
  const time = new Date(iso);
  return `${time.toLocaleDateString('sv')} ${time.toLocaleTimeString('sv')}`;
}
