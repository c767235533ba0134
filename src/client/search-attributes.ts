import type { OperatorService } from '@temporalio/client';
import { FLOW_SEARCH } from '../workflows/messages.ts';

/** A connection that can be asked about its server. */
export interface Operated {
  operatorService: OperatorService;
  withDeadline<Answer>(deadline: number, ask: () => Promise<Answer>): Promise<Answer>;
}

const NAMES: readonly string[] = Object.values(FLOW_SEARCH);
/** INDEXED_VALUE_TYPE_KEYWORD of Temporal's API. */
const KEYWORD = 2;
/** A server that does not say so soon is taken to have none. */
const WITHIN_MS = 5_000;

/**
 * Adds the search attributes of delegated flows to a namespace, where that is allowed. True where
 * it has them in the end; never throws: without them flows run just the same, and are found in the
 * store alone.
 */
export async function ensureFlowSearch(connection: Operated, namespace: string): Promise<boolean> {
  try {
    return await connection.withDeadline(Date.now() + WITHIN_MS, () =>
      addMissingAttributes(connection, namespace),
    );
  } catch {
    return false;
  }
}

async function addMissingAttributes(
  { operatorService }: Operated,
  namespace: string,
): Promise<boolean> {
  const missing = async (): Promise<string[]> => {
    const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
    return NAMES.filter((name) => customAttributes[name] !== KEYWORD);
  };
  const left = await missing();
  if (left.length === 0) return true;
  const searchAttributes = Object.fromEntries(left.map((name) => [name, KEYWORD]));
  await operatorService.addSearchAttributes({ namespace, searchAttributes }).catch(() => undefined);
  return (await missing()).length === 0;
}
