import type { OperatorService } from '@temporalio/client';
import { FLOW_SEARCH, RUN_SEARCH } from '../workflows/messages.ts';

/** A connection with the operator service of its server. */
export interface OperatorConnection {
  operatorService: OperatorService;
  withDeadline<Answer>(deadline: number, ask: () => Promise<Answer>): Promise<Answer>;
}

/** Values of IndexedValueType in Temporal's API. */
const KEYWORD = 2;
const DOUBLE = 4;
const { coverage, ...keywords } = { ...FLOW_SEARCH, ...RUN_SEARCH };
const TYPES: Readonly<Record<string, number>> = {
  ...Object.fromEntries(Object.values(keywords).map((name) => [name, KEYWORD])),
  [coverage]: DOUBLE,
};
/** A server that does not answer in this time counts as one without search attributes. */
const WITHIN_MS = 5_000;

/**
 * Adds the search attributes of checks and delegated flows to a namespace, if permitted. Returns whether they
 * exist. Never throws: without them all runs just the same, but can only be found in the store.
 */
export async function ensureSearchAttributes(
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
  const missing = async (): Promise<[string, number][]> => {
    const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
    return Object.entries(TYPES).filter(([name, type]) => customAttributes[name] !== type);
  };
  const absent = await missing();
  if (absent.length === 0) return true;
  const searchAttributes = Object.fromEntries(absent);
  await operatorService.addSearchAttributes({ namespace, searchAttributes }).catch(() => undefined);
  return (await missing()).length === 0;
}
