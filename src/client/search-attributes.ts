import type { OperatorService } from '@temporalio/client';
import { FLOW_SEARCH } from '../workflows/messages.ts';

/** A connection with the operator service of its server. */
export interface OperatorConnection {
  operatorService: OperatorService;
  withDeadline<Answer>(deadline: number, ask: () => Promise<Answer>): Promise<Answer>;
}

const NAMES: readonly string[] = Object.values(FLOW_SEARCH);
/** INDEXED_VALUE_TYPE_KEYWORD of Temporal's API. */
const KEYWORD = 2;
/** A server that does not answer in this time counts as one without search attributes. */
const WITHIN_MS = 5_000;

/**
 * Adds the search attributes of delegated flows to a namespace, if permitted. Returns whether they
 * exist. Never throws: without them flows run just the same, but can only be found in the store.
 */
export async function ensureFlowSearch(
  connection: OperatorConnection,
  namespace: string,
): Promise<boolean> {
  try {
    return await connection.withDeadline(Date.now() + WITHIN_MS, () =>
      addMissingAttributes(connection, namespace),
    );
  } catch {
    return false;
  }
}

async function addMissingAttributes(
  { operatorService }: OperatorConnection,
  namespace: string,
): Promise<boolean> {
  const missing = async (): Promise<string[]> => {
    const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
    return NAMES.filter((name) => customAttributes[name] !== KEYWORD);
  };
  const absent = await missing();
  if (absent.length === 0) return true;
  const searchAttributes = Object.fromEntries(absent.map((name) => [name, KEYWORD]));
  await operatorService.addSearchAttributes({ namespace, searchAttributes }).catch(() => undefined);
  return (await missing()).length === 0;
}
