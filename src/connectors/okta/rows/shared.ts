import type { Client } from '@okta/okta-sdk-nodejs';
import type { JsonObject } from '../../../audit/types.ts';
import type { Answered, OperationRow, Route } from '../../pipeline/operation.ts';
import { nextCursor } from '../next-link.ts';
import type { OktaPage } from '../types.ts';

/** Rows of one family, one for each operation of its table of types. */
export type OktaRows<Table> = {
  readonly [Name in keyof Table]: Table[Name] extends { input: infer Input; output: infer Output }
    ? OperationRow<Input, Output, Client>
    : never;
};

/** The form of an operation that is sent, with what stands in its placeholders. */
export const routeTo = (method: string, path: string, params: Route['params'] = {}): Route => ({
  method,
  path,
  params,
});

/** Where a listing is read: Okta's origin and the path of the request. */
export interface Place {
  origin: string;
  path: string;
}

/** A page and where the next one begins. */
export const page = <Item>(
  items: Item[],
  { answer, input }: Answered<{ after?: string | null }>,
  place: Place,
): OktaPage<Item> => ({
  items,
  next: nextCursor(answer.headers, { ...place, after: input.after ?? null }),
});

/**
 * A listing that Okta gives in one piece; throws where it has gone over to pages, since a part is
 * not the whole.
 */
export function whole<Item>(items: Item[], { answer }: Answered<unknown>, place: Place): Item[] {
  if (nextCursor(answer.headers, { ...place, after: null }) !== null)
    throw new TypeError('not the whole listing');
  return items;
}

/** The object itself; throws where the answer is about another one. */
export function same<Item extends { id: string }>(item: Item, id: string): Item {
  if (item.id !== id) throw new TypeError('the answer is about another object');
  return item;
}

/**
 * What a call that says nothing answers: 204, an empty body, or an object that is passed over,
 * since Okta puts links and tokens there. Anything else did not come from Okta's API and throws.
 */
export function nothing({ json, answer }: Answered<unknown>): null {
  const isObject = typeof json === 'object' && json !== null && !Array.isArray(json);
  if (answer.text.trim() !== '' && !isObject)
    throw new TypeError('neither an empty answer nor an object');
  return null;
}

/** How a page was asked for, as the trail keeps it. */
export const pagingOf = (
  { limit, after }: { limit?: number; after?: string | null },
  otherwise: number | null,
): JsonObject => ({ limit: limit ?? otherwise, continued: Boolean(after) });

export const pageEvidence = ({ items, next }: OktaPage<unknown>): JsonObject => ({
  items: items.length,
  more: next !== null,
});
export const countEvidence = (items: readonly unknown[]): JsonObject => ({ items: items.length });

/** The cursor as the SDK takes it. */
export const cursorOf = ({ after }: { after?: string | null }): string | undefined =>
  after ?? undefined;
