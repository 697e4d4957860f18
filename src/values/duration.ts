// Durations and sizes as people write them: `30s`, `5MB`.
import * as z from 'zod';

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const unitBytes: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1000,
  KB: 1000,
  MB: 1_000_000,
  GB: 1_000_000_000,
};
/** Node's timers accept at most 2^31 - 1 ms; 24 days is safely below. */
const longestMs = 24 * 86_400_000;

/** Milliseconds of `250ms`, `30s`, `10m`, `2h` or `1d`, or of several from large to small (`1m30s`); undefined for anything else. */
export function parseDurationMs(text: string): number | undefined {
  const single = parseAmount(text, unitMs);
  if (single !== undefined) return single;
  const parts = text.split(/(?<=[A-Za-z]) ?(?=\d)/);
  const units = parts.map((part) => unitMs[part.replace(/^\d+ ?/, '')] ?? NaN);
  const areFalling = units.every((unit, i) => i === 0 || unit < (units[i - 1] ?? NaN));
  const amounts = parts.map((part) => parseAmount(part, unitMs) ?? NaN);
  const ms = amounts.reduce((sum, amount) => sum + amount, 0);
  return areFalling && !Number.isNaN(ms) ? ms : undefined;
}

/** Bytes of `500kB`, `5MB` or `1GB`; undefined for anything else. */
function parseSizeBytes(text: string): number | undefined {
  return parseAmount(text, unitBytes);
}

function parseAmount(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const match = /^(\d{1,9}) ?([A-Za-z]{1,2})$/.exec(text);
  const unit = units[match?.[2] ?? ''];
  return match === null || unit === undefined ? undefined : Number(match[1]) * unit;
}

const durationMessage = 'Write a duration such as "30s", "10m" or "2h", of at most 24 days';
const sizeMessage = 'Write a size such as "500kB" or "5MB", of at least 10kB';

/** A duration in a config: text in, milliseconds out. */
export const DurationMs = z.string(durationMessage).transform((text, context) => {
  const ms = parseDurationMs(text);
  if (ms !== undefined && ms <= longestMs) return ms;
  context.addIssue({ code: 'custom', message: durationMessage });
  return z.NEVER;
});

/** The same, for options where zero would make no sense. */
export const PositiveDurationMs = DurationMs.refine(
  (ms) => ms > 0,
  'Give a duration longer than 0, or leave this out',
);

/** A size in a config: text in, bytes out. */
export const SizeBytes = z.string(sizeMessage).transform((text, context) => {
  const bytes = parseSizeBytes(text);
  if (bytes !== undefined && bytes >= 10_000) return bytes;
  context.addIssue({ code: 'custom', message: sizeMessage });
  return z.NEVER;
});

/** Milliseconds in words for people: `420 ms`, `1.5 s`, `3 min 20 s`, `2 h 5 min`. */
export function renderDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1).replace('.0', '')} s`;
  const seconds = Math.round(ms / 1000);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  return h > 0 ? (m > 0 ? `${h} h ${m} min` : `${h} h`) : s > 0 ? `${m} min ${s} s` : `${m} min`;
}

/** A rough duration: 17.3 s become 15 s, 200 s become 3 min, 70 min become 1 h 15 min. */
export function roundDuration(ms: number): number {
  const step =
    ms < 10_000 ? 1000 : ms < 90_000 ? 5000 : ms < 3_600_000 ? 60_000 : ms < 36_000_000 ? 900_000 : 3_600_000;
  return Math.max(1000, Math.round(ms / step) * step);
}
