/** Checks the arguments of an operation before they become part of a URL. */

import { ACCOUNT_NAME, ENTRA_ID, GOOGLE_ID, SALESFORCE_ID } from './account-ids.ts';
import type { ConnectorName, OperationRow } from './types.ts';

interface ParameterFormat {
  pattern: Pick<RegExp, 'test'>;
  expected: string;
}
const OKTA_ID: ParameterFormat = {
  pattern: /^[A-Za-z0-9]{20}$/,
  expected: 'an id of 20 letters and digits',
};
const JIRA_PROJECT: ParameterFormat = {
  pattern: /^[A-Z][A-Z0-9_]{0,254}$/,
  expected: 'the key of a project, such as SEC',
};

const anyOf = (...formats: readonly RegExp[]): ParameterFormat['pattern'] => ({
  test: (text) => formats.some((form) => form.test(text)),
});
const ENTRA_OBJECT: ParameterFormat = {
  pattern: ENTRA_ID,
  expected: 'an object id, such as 11111111-2222-3333-4444-555555555555',
};

/**
 * The format of every parameter that becomes part of a path. A value of another format could change
 * the path.
 */
const FORMATS: Partial<Record<ConnectorName, Readonly<Record<string, ParameterFormat>>>> = {
  okta: {
    userId: OKTA_ID,
    groupId: OKTA_ID,
    appId: OKTA_ID,
    policyId: OKTA_ID,
    authServerId: {
      pattern: /^(?:default|[A-Za-z0-9]{20})$/,
      expected: `${OKTA_ID.expected}, or default`,
    },
  },
  jira: {
    key: {
      pattern: /^[A-Z][A-Z0-9_]{0,254}-[1-9]\d{0,17}$/,
      expected: 'the key of an issue, such as SEC-1',
    },
    project: JIRA_PROJECT,
  },
  entra: {
    userId: ENTRA_OBJECT,
    groupId: ENTRA_OBJECT,
    user: {
      pattern: anyOf(ENTRA_ID, ACCOUNT_NAME),
      expected: 'an object id or a user principal name',
    },
  },
  google: {
    user: { pattern: anyOf(GOOGLE_ID, ACCOUNT_NAME), expected: "a user's id (digits) or address" },
  },
  salesforce: {
    userId: { pattern: SALESFORCE_ID, expected: 'an id of 15 or 18 letters and digits' },
  },
};

/**
 * What is wrong with an operation's arguments: the parameter (null for the arguments as a whole),
 * and what is expected.
 */
export interface ArgumentProblem {
  parameter: string | null;
  expected: string;
}

/** The first argument that could change the path or is missing from it; null if there is none. */
export function argumentProblem(row: OperationRow, args: unknown): ArgumentProblem | null {
  if (args === null || typeof args !== 'object' || Array.isArray(args))
    return { parameter: null, expected: 'a JSON object of the parameters' };
  const formats = FORMATS[row.connector] ?? {};
  const wrong = Object.entries(formats).find(([name, { pattern }]) => {
    const value: unknown = Object.hasOwn(args, name)
      ? (args as Record<string, unknown>)[name]
      : undefined;
    return value === undefined
      ? mandatoryParameters(row).includes(name)
      : typeof value !== 'string' || !pattern.test(value);
  });
  return wrong ? { parameter: wrong[0], expected: wrong[1].expected } : null;
}

// If an operation has several calls, only the parameters that all of them use are required.
function mandatoryParameters({ path, wire }: OperationRow): string[] {
  const paths = wire && wire.length > 1 ? wire.map((call) => call.path) : [path];
  const named = paths.map((one) => [...one.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name));
  return (named[0] ?? []).filter((name) => named.every((names) => names.includes(name)));
}
