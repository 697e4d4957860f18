// Encodes calls for DSM, and decodes its answers.
import * as z from 'zod';
import type { DsmAnswer } from './call.ts';
import { maybe, Numberish } from './dsm-values.ts';
import { explain } from '../outcome.ts';
import type { Trouble } from '../reasons/reason.ts';
import { isLastingTrouble, toNoAnswer, toOddAnswer, toRefusal } from './errors.ts';
import type { HttpResult } from './http.ts';

/** The path of an API, and its versions. */
const ApiInfo = z.object({
  // The path becomes part of an address, so only file names below /webapi/ are allowed.
  path: z.string().regex(/^(?!.*\.\.)[\w.-]+(?:\/[\w.-]+)*$/),
  minVersion: z.int(),
  maxVersion: z.int(),
  requestFormat: z.string().optional(),
});
export type ApiInfo = z.infer<typeof ApiInfo>;

const SecondStep = z.union([z.string(), z.object({ type: z.string() }).transform(({ type }) => type)]);

const Envelope = z.object({
  success: z.boolean(),
  data: z.unknown().optional(),
  error: maybe(
    z.object({
      code: Numberish.pipe(z.int()),
      errors: maybe(z.object({ types: maybe(z.array(SecondStep)) })),
    }),
  ),
});

/** The APIs that DSM offers; entries in an unexpected form are left out. */
export function parseApis(data: unknown): ReadonlyMap<string, ApiInfo> | undefined {
  const parsed = z.record(z.string(), z.unknown()).safeParse(data);
  if (!parsed.success) return undefined;
  return new Map(
    Object.entries(parsed.data).flatMap(([name, info]): [string, ApiInfo][] => {
      const { data } = ApiInfo.safeParse(info);
      return data === undefined ? [] : [[name, data]];
    }),
  );
}

/** Params as a form; if DSM requires JSON, each value is JSON. A space becomes %20, because not every DSM reads a plus as a space. */
export function renderForm(params: Readonly<Record<string, unknown>>, isJson: boolean): string {
  return Object.entries(params)
    .filter(([, value]) => value !== undefined)
    .map(
      ([name, value]) =>
        `${name}=${encodeURIComponent(typeof value === 'string' && !isJson ? value : JSON.stringify(value))}`,
    )
    .join('&');
}

/** DSM's answer, or why it cannot be read. */
export function readAnswer(api: string, result: HttpResult): DsmAnswer {
  if (result.kind === 'none')
    return {
      kind: 'unanswered',
      ...explain(toNoAnswer(result.code)),
      mayHaveActed: result.wasSent,
      isLasting: isLastingTrouble(result.code),
    };
  const answer = result.status === 200 ? parseAnswer(result.text, (code) => toRefusal(api, code)) : undefined;
  return (
    answer ?? {
      kind: 'unanswered',
      ...explain(toOddAnswer(result.status)),
      mayHaveActed: true,
      isLasting: false,
    }
  );
}

/** An answer as DSM writes it, or undefined for any other text. */
export function parseAnswer(text: string, toTrouble: (code: number) => Trouble): DsmAnswer | undefined {
  const { success, data } = Envelope.safeParse(parseJson(text));
  if (!success) return undefined;
  if (data.success) return { kind: 'answered', data: data.data };
  const code = data.error?.code ?? 100;
  const types = data.error?.errors?.types;
  return {
    kind: 'refused',
    code,
    ...explain(toTrouble(code)),
    ...(types === undefined ? {} : { secondSteps: types }),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
