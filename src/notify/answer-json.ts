// The JSON of a receiver's answer, as far as its names matter here.
import * as z from 'zod';

const maybe = <T>(type: z.ZodType<T>): z.ZodType<T | undefined> => type.optional().catch(undefined);

/** The names in answers that matter here, of all receivers; each may be missing or be something else. */
const Json = z.object({
  id: maybe(z.union([z.string(), z.number()])),
  ok: maybe(z.boolean()),
  success: maybe(z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')])),
  status: maybe(z.union([z.number(), z.string()])),
  code: maybe(z.number()),
  errcode: maybe(z.number()),
  error: maybe(
    z.union([z.boolean(), z.string(), z.object({ code: maybe(z.number()), errors: maybe(z.string()) })]),
  ),
  errors: maybe(
    z.array(z.union([z.string(), z.object({ message: z.string() }).transform(({ message }) => message)])),
  ),
  msg: maybe(z.string()),
  errmsg: maybe(z.string()),
  errorDescription: maybe(z.string()),
  description: maybe(z.string()),
  message: maybe(z.string()),
  retry_after: maybe(z.number()),
  parameters: maybe(z.object({ retry_after: maybe(z.number()) })),
});
export type Json = z.infer<typeof Json>;
const nothing = Json.parse({});

/** Reads it; an answer that is no JSON has none of the names. */
export function toJson(text: string): Json {
  try {
    const parsed = Json.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : nothing;
  } catch {
    return nothing;
  }
}
