import { ACCOUNT_NAME, ENTRA_ID, GOOGLE_ID, SALESFORCE_ID } from './account-ids.ts';
import type { ConnectorName, OperationRow } from './types.ts';

interface Form {
  holds: Pick<RegExp, 'test'>;
  expected: string;
}
const OKTA_ID: Form = { holds: /^[A-Za-z0-9]{20}$/, expected: 'an id of 20 letters and digits' };
const JIRA_PROJECT: Form = {
  holds: /^[A-Z][A-Z0-9_]{0,254}$/,
  expected: 'the key of a project, such as SEC',
};

const anyOf = (...forms: readonly RegExp[]): Form['holds'] => ({
  test: (text) => forms.some((form) => form.test(text)),
});
const ENTRA_OBJECT: Form = {
  holds: ENTRA_ID,
  expected: 'an object id, such as 11111111-2222-3333-4444-555555555555',
};

/** The form of every parameter that stands in a path: anything else could name another path. */
const FORMS: Partial<Record<ConnectorName, Readonly<Record<string, Form>>>> = {
  okta: {
    userId: OKTA_ID,
    groupId: OKTA_ID,
    appId: OKTA_ID,
    policyId: OKTA_ID,
    authServerId: {
      holds: /^(?:default|[A-Za-z0-9]{20})$/,
      expected: `${OKTA_ID.expected}, or default`,
    },
  },
  jira: {
    key: {
      holds: /^[A-Z][A-Z0-9_]{0,254}-[1-9]\d{0,17}$/,
      expected: 'the key of an issue, such as SEC-1',
    },
    project: JIRA_PROJECT,
  },
  entra: {
    userId: ENTRA_OBJECT,
    groupId: ENTRA_OBJECT,
    user: {
      holds: anyOf(ENTRA_ID, ACCOUNT_NAME),
      expected: 'an object id or a user principal name',
    },
  },
  google: {
    user: { holds: anyOf(GOOGLE_ID, ACCOUNT_NAME), expected: "a user's id (digits) or address" },
  },
  salesforce: {
    userId: { holds: SALESFORCE_ID, expected: 'an id of 15 or 18 letters and digits' },
  },
};

/**
 * What is wrong with an operation's arguments: the parameter (null: the whole), and what was
 * expected of it.
 */
export interface ArgumentProblem {
  parameter: string | null;
  expected: string;
}

/**
 * The first argument that could name another path, or is missing from the path; null where there is
 * none.
 */
export function argumentProblem(row: OperationRow, args: unknown): ArgumentProblem | null {
  if (args === null || typeof args !== 'object' || Array.isArray(args))
    return { parameter: null, expected: 'a JSON object of the parameters' };
  const forms = FORMS[row.connector] ?? {};
  const wrong = Object.entries(forms).find(([name, { holds }]) => {
    const value: unknown = Object.hasOwn(args, name)
      ? (args as Record<string, unknown>)[name]
      : undefined;
    return value === undefined
      ? neededIn(row).includes(name)
      : typeof value !== 'string' || !holds.test(value);
  });
  return wrong ? { parameter: wrong[0], expected: wrong[1].expected } : null;
}

// Where an operation has several forms, one of them may do without.
function neededIn({ path, wire }: OperationRow): string[] {
  const paths = wire && wire.length > 1 ? wire.map((call) => call.path) : [path];
  const named = paths.map((one) => [...one.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name));
  return (named[0] ?? []).filter((name) => named.every((names) => names.includes(name)));
}
