import type { ConnectorName } from '../governance/types.ts';
import type { ConnectorError } from './errors.ts';

/**
 * A failed call as it is stored and shown to people. It repeats what the vendor said, so it never
 * belongs into logs, the audit trail or the history of a workflow.
 */
export interface ErrorDetails {
  /** The kind of failure, the same for all vendors. */
  code: string;
  /** The vendor's own code. */
  vendorCode: string | null;
  /** The field that the refusal is about. */
  field: string | null;
  /** What happened, by arx and in the vendor's words. */
  message: string;
  /** What to do about it; null if arx does not know. */
  remedy: string | null;
}

const VENDORS: Readonly<Record<ConnectorName, string>> = {
  okta: 'Okta',
  entra: 'Microsoft Graph',
  google: 'Google',
  salesforce: 'Salesforce',
  jira: 'Jira',
  slack: 'Slack',
  email: 'the mail server',
};

/** The details of a failed call; `more` is added to what happened. */
export function errorDetails(error: ConnectorError, more = ''): ErrorDetails {
  const { connector, code, vendorCode, message, remedy = null } = error.fields;
  const words = error.vendorMessage;
  const said = words === null ? '' : `; ${VENDORS[connector]} says: “${words}”`;
  return {
    code,
    vendorCode,
    field: error.vendorField,
    message: `${message}${more}${said}`,
    remedy,
  };
}

/** The details as one text for people, with the call and the vendor's code. */
export function failureText({ fields }: ConnectorError, details: ErrorDetails): string {
  const { connector, operation } = fields;
  const coded = details.vendorCode === null ? '' : ` (${details.vendorCode})`;
  return `${connector} ${operation}${coded}: ${details.message}`;
}
