import type { Context } from 'hono';
import type { z } from 'zod';
import { bodySizeLimit } from '../../bounded.ts';
import { Problem } from '../../problem.ts';

/** A person with a hundred accounts and long descriptions takes half of it. */
const MOST_BYTES = 512 * 1024;

/** Bounds the body of a request. */
export const boundedBody = bodySizeLimit(MOST_BYTES);

/** The body as parsed JSON, whatever it holds. Throws Problem 415 and 400. */
export async function jsonOf({ req }: Context): Promise<unknown> {
  if (!/^application\/json\s*(;|$)/i.test(req.header('content-type') ?? ''))
    throw new Problem(415, 'not_json', {
      message: 'The body is not sent as JSON.',
      remedy: 'Send it with `content-type: application/json`.',
    });
  const bytes = await req.arrayBuffer();
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    throw invalidRequest('The body is no JSON.');
  }
}

/** A JSON object of exactly this form. Throws Problem 400 with the field that is wrong. */
export async function bodyOf<Schema extends z.ZodType>(
  context: Context,
  schema: Schema,
): Promise<z.output<Schema>> {
  const value = await jsonOf(context);
  const path = protoIn(value);
  if (path !== null) throw invalidRequest('The body has an unknown field.', path);
  return parseAs(schema, value);
}

/** The words behind the `?`, each at most once. Throws Problem 400 with the one that is wrong. */
export function queryOf<Schema extends z.ZodType>(
  { req }: Context,
  schema: Schema,
): z.output<Schema> {
  const words = [...new URL(req.url).searchParams];
  const names = words.map(([name]) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined || names.includes(PROTO))
    throw invalidRequest('The address says something twice.', twice);
  return parseAs(schema, Object.fromEntries(words));
}

function parseAs<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const path = [...(issue?.path ?? []), ...unknown].map(String).join('.');
  throw invalidRequest(
    path === '' ? 'It is no JSON object.' : 'A field is unknown, missing or not of its form.',
    path,
  );
}

/** Where a key stands that schemas pass over; the event is the service's to look through. */
function protoIn(value: unknown): string | null {
  if (hasProto(value)) return PROTO;
  const inner = Object.entries(value ?? {}).find(
    ([name, one]) => name !== 'event' && hasProto(one),
  );
  return inner ? `${inner[0]}.${PROTO}` : null;
}

const PROTO = '__proto__';
const hasProto = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, PROTO);

/** A request that has not its form; `path`: where, without what stands there. */
const invalidRequest = (message: string, path = ''): Problem =>
  new Problem(400, 'malformed', {
    message: `The request has not its form: ${message}`,
    remedy: 'See docs/server.md and GET /openapi.json for the fields.',
    path: path === '' ? undefined : path.replaceAll(/[\p{Cc}\p{Cs}]/gu, '?').slice(0, 200),
  });
