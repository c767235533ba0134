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

/** A request body with exactly these properties. */
export const body = (
  properties: Readonly<Record<string, object>>,
  optional: readonly string[] = [],
) => ({
  required: true,
  content: {
    'application/json': {
      schema: { ...object(properties, optional), additionalProperties: false },
    },
  },
});

export const json = (description: string, schema: object) => ({
  description,
  content: { 'application/json': { schema } },
});
export const errorResponse = (description: string) => json(description, ref('Error'));

/** An error answer with the header that says when to retry. */
export const retryLaterResponse = (description: string) => ({
  ...errorResponse(description),
  headers: { 'Retry-After': { schema: { type: 'integer' }, description: 'Seconds' } },
});

export const query = (name: string, description: string, schema: object = text) => ({
  name,
  in: 'query',
  description,
  schema,
});
export const inPath = (name: string, schema: object = text) => ({
  name,
  in: 'path',
  required: true,
  schema,
});
