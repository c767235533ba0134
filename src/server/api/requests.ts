import type { Context } from 'hono';
import { z } from 'zod';
import { bodySizeLimit } from '../body-limit.ts';
import { Problem } from '../problem.ts';

/** Twice the size of a person with a hundred accounts and long descriptions. */
const MAX_BYTES = 512 * 1024;

/** The query of a route that takes no parameters. */
export const NO_PARAMETERS = z.strictObject({});

/** Limits the size of the body of a request. */
export const limitBody = bodySizeLimit(MAX_BYTES);

/** The body as parsed JSON, not validated. Throws Problem 415 and 400. */
export async function readJson({ req }: Context): Promise<unknown> {
  if (!/^application\/json\s*(;|$)/i.test(req.header('content-type') ?? ''))
    throw new Problem(415, 'not_json', {
      message: 'The body is not sent as JSON.',
      remedy: 'Send it with `content-type: application/json`.',
    });
  const bytes = await req.arrayBuffer();
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    throw invalidRequest('The body is not valid JSON.');
  }
}

/** The body as a JSON object of this schema. Throws Problem 400 with the wrong field. */
export async function readBody<Schema extends z.ZodType>(
  context: Context,
  schema: Schema,
): Promise<z.output<Schema>> {
  const value = await readJson(context);
  const path = protoIn(value);
  if (path !== null) throw invalidRequest('The body has an unknown field.', path);
  return parseAs(schema, value);
}

/** The query parameters, each at most once. Throws Problem 400 with the wrong one. */
export function readQuery<Schema extends z.ZodType>(
  { req }: Context,
  schema: Schema,
): z.output<Schema> {
  const parameters = [...new URL(req.url).searchParams];
  const names = parameters.map(([name]) => name);
  const repeated = names.find((name, at) => names.indexOf(name) !== at);
  if (repeated !== undefined || names.includes(PROTO))
    throw invalidRequest('A query parameter is repeated.', repeated);
  return parseAs(schema, Object.fromEntries(parameters));
}

function parseAs<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const path = [...(issue?.path ?? []), ...unknown].map(String).join('.');
  throw invalidRequest(
    path === '' ? 'It is not a JSON object.' : 'A field is unknown, missing or malformed.',
    path,
  );
}

/**
 * Where the key __proto__ is, which schemas ignore; the event itself is checked by the flow
 * service.
 */
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

/** A malformed request; `path` is the place, without its content. */
const invalidRequest = (message: string, path = ''): Problem =>
  new Problem(400, 'malformed', {
    message: `The request is malformed: ${message}`,
    remedy: 'See docs/server.md and GET /openapi.json for the fields.',
    path:
      path === ''
        ? undefined
        : path
            .replaceAll(/[\p{Cc}\p{Cs}]/gu, '?')
            .slice(0, 200)
            .toWellFormed(),
  });
