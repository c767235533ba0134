/** Helpers that Okta's rows share. */

import { z } from 'zod';
import type { Client } from '@okta/okta-sdk-nodejs';
import type { JsonObject } from '../../../audit/types.ts';
import type { ProjectionInput, OperationRow, Route } from '../../pipeline/operation.ts';
import { nextCursor } from '../next-link.ts';
import { label } from '../projections/fields.ts';
import type { OktaPage, Paging, UnreadableRow } from '../types.ts';

/** The rows of one family, one for each operation in its table of types. */
export type OktaRows<Table> = {
  readonly [Name in keyof Table]: Table[Name] extends { input: infer Input; output: infer Output }
    ? OperationRow<Input, Output, Client>
    : never;
};

/** The request of an operation, with the values of its placeholders. */
export const routeTo = (method: string, path: string, params: Route['params'] = {}): Route => ({
  method,
  path,
  params,
});

/** The address of a listing: Okta's origin and the path of the request. */
interface ListingAddress {
  origin: string;
  path: string;
}

/**
 * A page of rows, each read by `parse`, and the cursor of the next one. Throws if a row cannot be
 * read, unless the input says to skip such rows.
 */
export const page = <Item>(
  parse: (row: unknown) => Item,
  { json, response, input }: ProjectionInput<Pick<Paging, 'after' | 'skipUnreadable'>>,
  address: ListingAddress,
): OktaPage<Item> => ({
  ...parseRows(parse, json, input),
  next: nextCursor(response.headers, { ...address, after: input.after ?? null }),
});

/** The rows of a list; those that cannot be read are named by their place. Throws as `page` does. */
export function parseRows<Item>(
  parse: (row: unknown) => Item,
  json: unknown,
  { skipUnreadable = false }: Pick<Paging, 'skipUnreadable'>,
): Omit<OktaPage<Item>, 'next'> {
  const rows = z.array(z.unknown()).parse(json);
  if (!skipUnreadable) return { items: rows.map(parse) };
  const items: Item[] = [];
  const unreadable: UnreadableRow[] = [];
  for (const [at, row] of rows.entries()) {
    try {
      items.push(parse(row));
    } catch {
      unreadable.push({ place: at + 1, id: idOf(row) });
    }
  }
  return { items, unreadable };
}

/** The id of any row, whatever its form. */
function idOf(row: unknown): string | null {
  const { data } = z.object({ id: z.union([label, z.number()]) }).safeParse(row);
  return data === undefined ? null : String(data.id);
}

/**
 * A listing that Okta returns in one response. Throws if Okta has started to use pages, because a
 * part must not count as the whole.
 */
export function whole<Item>(
  items: Item[],
  { response }: ProjectionInput<unknown>,
  address: ListingAddress,
): Item[] {
  if (nextCursor(response.headers, { ...address, after: null }) !== null)
    throw new TypeError('not the whole listing');
  return items;
}

/** Returns the object; throws if the response is about another one. */
export function same<Item extends { id: string }>(item: Item, id: string): Item {
  if (item.id !== id) throw new TypeError('the response is about another object');
  return item;
}

/**
 * Reads the response to a call without a result: 204, an empty body, or an object, which is dropped
 * because it may contain links and tokens. Anything else is not from Okta's API and throws.
 */
export function nothing({ json, response }: ProjectionInput<unknown>): null {
  const isObject = typeof json === 'object' && json !== null && !Array.isArray(json);
  if (response.text.trim() !== '' && !isObject)
    throw new TypeError('neither an empty response nor an object');
  return null;
}

/** The paging of a request, as recorded in the audit trail. */
export const pagingOf = (
  { limit, after }: { limit?: number; after?: string | null },
  otherwise: number | null,
): JsonObject => ({ limit: limit ?? otherwise, continued: Boolean(after) });

export const pageEvidence = ({ items, next, unreadable }: OktaPage<unknown>): JsonObject => ({
  items: items.length,
  more: next !== null,
  ...(unreadable && unreadable.length > 0 ? { unreadable: unreadable.length } : {}),
});
export const countEvidence = (items: readonly unknown[]): JsonObject => ({ items: items.length });

/** The cursor in the form that the SDK takes. */
export const cursorOf = ({ after }: { after?: string | null }): string | undefined =>
  after ?? undefined;
