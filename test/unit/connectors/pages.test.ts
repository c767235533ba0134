import { expect, it } from 'vitest';
import { EndlessListError } from '../../../src/connectors/errors.ts';
import { readPages } from '../../../src/connectors/pages.ts';

const LIST = { connector: 'jira', operation: 'issues:read' } as const;

/** Reads a list whose pages have these tokens; the last page repeats for ever. */
async function read(tokens: readonly (string | null)[]): Promise<(string | null)[]> {
  const asked: (string | null)[] = [];
  const pages = readPages(LIST, async (after) => {
    asked.push(after);
    return { next: tokens[Math.min(asked.length, tokens.length) - 1] ?? null };
  });
  for await (const _page of pages) if (asked.length > 50) throw new Error('it does not stop');
  return asked;
}

it('reads from the first page to the one without a token', async () => {
  expect(await read(['a', 'b', null])).toEqual([null, 'a', 'b']);
});

it.each([
  ['the same token again', ['a', 'a']],
  ['a token of an earlier page', ['a', 'b', 'c', 'b']],
])('refuses %s', async (_, tokens) => {
  const error = await read(tokens).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(EndlessListError);
  expect(error).toMatchObject({ code: 'malformed', retryable: false });
});
