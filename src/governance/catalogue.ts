import { CONDITION_FIELDS } from './conditions.ts';
import { matchesGlob } from './glob.ts';
import { OKTA_OPERATIONS } from './catalogue-okta.ts';
import {
  EMAIL_OPERATIONS,
  ENTRA_OPERATIONS,
  GOOGLE_OPERATIONS,
  SALESFORCE_OPERATIONS,
} from './catalogue-accounts.ts';
import { JIRA_OPERATIONS, SLACK_OPERATIONS } from './catalogue-work.ts';
import type { ConnectorName, OperationRow } from './types.ts';

/** The connectors that have rows in the table. */
export const CONNECTORS = [
  'okta',
  'jira',
  'slack',
  'entra',
  'google',
  'salesforce',
  'email',
] as const satisfies readonly ConnectorName[];

/** Every operation that may be sent to a vendor. All others are denied. */
export const OPERATIONS: readonly OperationRow[] = [
  ...OKTA_OPERATIONS,
  ...JIRA_OPERATIONS,
  ...SLACK_OPERATIONS,
  ...ENTRA_OPERATIONS,
  ...GOOGLE_OPERATIONS,
  ...SALESFORCE_OPERATIONS,
  ...EMAIL_OPERATIONS,
];

/** Splits `okta:users:suspend` into connector and operation. */
export function partsOf(name: string): { connector: string; operation: string } {
  const [connector = '', ...rest] = name.split(':');
  return { connector, operation: rest.join(':') };
}

/** The row of one operation; undefined if there is none. */
export const findOperation = (connector: string, operation: string): OperationRow | undefined =>
  BY_NAME.get(`${connector} ${operation}`);

/** Whether an operation such as `okta:users:suspend` takes access away from its target, or resets it. */
export const takesAccess = (name: string): boolean => {
  const { connector, operation } = partsOf(name);
  return findOperation(connector, operation)?.takesAccess === true;
};

/** Whether a call removes the attributes of its target that its arguments do not name. */
export const replacesProfile = (connector: string, operation: string, args: unknown): boolean =>
  findOperation(connector, operation)?.replaces === true &&
  (args as { mode?: unknown } | null | undefined)?.mode !== 'merge';

const BY_NAME: ReadonlyMap<string, OperationRow> = new Map(
  OPERATIONS.map((row) => [`${row.connector} ${row.operation}`, row]),
);

/**
 * What the configuration needs from the table: the connectors, and the operations that a glob
 * matches.
 */
export const CATALOGUE = {
  connectors: CONNECTORS as readonly string[],
  conditionFields: CONDITION_FIELDS,
  matching: (connector: string, glob: string): string[] =>
    OPERATIONS.filter((row) => row.connector === connector && matchesGlob(glob, row.operation)).map(
      (row) => row.operation,
    ),
  operations: (connector: string): string[] =>
    OPERATIONS.filter((row) => row.connector === connector).map((row) => row.operation),
};
