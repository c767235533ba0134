import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { textArray } from '../../../src/store/text-array.ts';
import { borrowPglite } from '../../support/pglite.ts';
import type { TestDatabase } from '../../support/pglite.ts';
import { assertProperty } from '../../support/properties.ts';

let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await borrowPglite();
  client = new pg.Client({ connectionString: database.databaseUrl });
  await client.connect();
}, 30_000);
afterAll(async () => {
  await client.end();
  await database.close();
});

const read = async (texts: readonly (string | null)[]): Promise<unknown> =>
  (await client.query<{ texts: unknown }>('select $1::text[] as texts', [textArray(texts)])).rows[0]
    ?.texts;

const quoted = fc.array(
  fc.constantFrom('"', '\\', '{', '}', ',', ' ', 'a', 'n', 'NULL', '\n', '\t', 'é', '😀'),
);

test('returns any texts unchanged', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }).filter((one) => !one.includes('\0')),
    quoted.map((parts) => parts.join('')),
    fc.jsonValue().map((value) => JSON.stringify(value)),
  );
  await assertProperty(
    fc.asyncProperty(fc.array(fc.option(text)), async (texts) => {
      expect(await read(texts)).toEqual(texts);
    }),
    { numRuns: 200 },
  );
});

test('encodes texts without control characters itself, and leaves others to the driver', () => {
  expect(textArray(['{"a":"b"}', null])).toBe(String.raw`{"{\"a\":\"b\"}",null}`);
  expect(textArray(['a\nb'])).toEqual(['a\nb']);
  expect(textArray([])).toBe('{}');
});
