import { z } from 'zod';

/** Building blocks of the OpenAPI document. */

export const text = { type: 'string' } as const;
export const time = { type: 'string', format: 'date-time' } as const;
export const orNull = (type: string) => ({ type: [type, 'null'] }) as const;
export const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` }) as const;
export const listOf = (items: object) => ({ type: 'array', items }) as const;

/** An object with these properties, some of them optional. */
export const object = (
  properties: Readonly<Record<string, object>>,
  optional: readonly string[] = [],
) => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
});

/** How a call to a vendor failed; null if none did. */
export const failedCall = {
  anyOf: [
    object({
      code: text,
      vendorCode: orNull('string'),
      field: orNull('string'),
      message: text,
      remedy: orNull('string'),
    }),
    { type: 'null' },
  ],
};

/** The JSON Schema of what a route accepts; `described`: properties that are described elsewhere. */
function schemaOf(accepted: z.ZodType, described: Readonly<Record<string, object>> = {}) {
  const { $schema: _, ...schema } = z.toJSONSchema(accepted, { io: 'input' });
  return { ...schema, properties: { ...schema.properties, ...described } };
}

/** A request body, as the route checks it. */
export const body = (accepted: z.ZodType, described?: Readonly<Record<string, object>>) => ({
  required: true,
  content: { 'application/json': { schema: schemaOf(accepted, described) } },
});

/** Query parameters, as the route checks them. */
export function queryParameters(accepted: z.ZodType) {
  const { properties, required = [] } = schemaOf(accepted);
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...schema }: { description?: string } = Object(property);
    const mandatory = required.includes(name) ? { required: true } : {};
    return { name, in: 'query', description, ...mandatory, schema };
  });
}

export const json = (description: string, schema: object) => ({
  description,
  content: { 'application/json': { schema } },
});
export const errorResponse = (description: string) => json(description, ref('Error'));

/** Refusals that every route may answer with; `malformed` says what a 400 means. */
export const commonRefusals = (malformed: string) => ({
  400: errorResponse(malformed),
  401: errorResponse('No valid access key.'),
  503: errorResponse('A server behind this one does not answer.'),
});

/** An error answer with the header that says when to retry. */
export const retryLaterResponse = (description: string) => ({
  ...errorResponse(description),
  headers: { 'Retry-After': { schema: { type: 'integer' }, description: 'Seconds' } },
});

export const inPath = (name: string, schema: object = text) => ({
  name,
  in: 'path',
  required: true,
  schema,
});
