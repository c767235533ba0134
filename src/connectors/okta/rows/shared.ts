/** Helpers that Okta's rows share. */

import type { Client } from '@okta/okta-sdk-nodejs';
import type { JsonObject } from '../../../audit/types.ts';
import type { ProjectionInput, OperationRow, Route } from '../../pipeline/operation.ts';
import { nextCursor } from '../next-link.ts';
import type { OktaPage } from '../types.ts';

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

/** A page, and the cursor of the next one. */
export const page = <Item>(
  items: Item[],
  { response, input }: ProjectionInput<{ after?: string | null }>,
  address: ListingAddress,
): OktaPage<Item> => ({
  items,
  next: nextCursor(response.headers, { ...address, after: input.after ?? null }),
});

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

export const pageEvidence = ({ items, next }: OktaPage<unknown>): JsonObject => ({
  items: items.length,
  more: next !== null,
});
export const countEvidence = (items: readonly unknown[]): JsonObject => ({ items: items.length });

/** The cursor in the form that the SDK takes. */
export const cursorOf = ({ after }: { after?: string | null }): string | undefined =>
  after ?? undefined;
