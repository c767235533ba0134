import type { ErrorRow, ErrorTable } from '../transport/error-table.ts';

const RULE =
  "the organisation's own rules do not allow this change of the user; the vendor code names the rule";
const FORBIDDEN =
  'Salesforce does not allow the user that the app runs as to do this: it needs the permission Manage Users';

const rule = (vendorCode: string, more: Partial<ErrorRow> = {}): ErrorRow => ({
  vendorCode,
  status: [400],
  code: 'conflict',
  lasts: 'lasting',
  message: RULE,
  ...more,
});
const forbidden = (vendorCode: string, more: Partial<ErrorRow> = {}): ErrorRow => ({
  vendorCode,
  status: [400, 403],
  code: 'forbidden',
  lasts: 'lasting',
  message: FORBIDDEN,
  ...more,
});

const REASSIGN = {
  remedy:
    'give the work of the user (default owner, workflow, approvals, hierarchy fields) to somebody else in the setup of Salesforce, or freeze the user until then',
} as const;

// prettier-ignore
const ROWS: readonly ErrorRow[] = [
  { vendorCode: 'INVALID_SESSION_ID', status: [401], code: 'unauthenticated', lasts: 'lasting' },
  { vendorCode: 'INVALID_AUTH_HEADER', status: [401], code: 'unauthenticated', lasts: 'lasting' },
  forbidden('INSUFFICIENT_ACCESS'),
  forbidden('INSUFFICIENT_ACCESS_OR_READONLY'),
  forbidden('INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY'),
  forbidden('API_DISABLED_FOR_ORG', { message: 'the organisation has no access by API', remedy: 'use an edition of Salesforce with API access' }),
  forbidden('API_CURRENTLY_DISABLED', { message: 'access by API is switched off for this user or organisation', remedy: 'switch it on in the setup of Salesforce' }),
  forbidden('FUNCTIONALITY_NOT_ENABLED', { message: 'the organisation has not enabled this function' }),
  { vendorCode: 'REQUEST_LIMIT_EXCEEDED', status: [403, 503], said: /concurrent/i, code: 'rate_limited', lasts: 'passing', message: 'too many long requests are open at Salesforce' },
  { vendorCode: 'REQUEST_LIMIT_EXCEEDED', status: [403, 503], code: 'rate_limited', lasts: 'lasting', message: 'the organisation has used up its requests of 24 hours', remedy: 'try again when older requests are more than 24 hours ago, or buy more requests' },
  { vendorCode: 'SERVER_UNAVAILABLE', status: [503], code: 'unavailable', lasts: 'passing', ambiguous: false },
  { vendorCode: 'UNABLE_TO_LOCK_ROW', status: [400], code: 'unavailable', lasts: 'passing', ambiguous: false, message: 'another change of the same record is in progress' },
  { vendorCode: 'QUERY_TIMEOUT', status: [400], code: 'unavailable', lasts: 'passing', ambiguous: false },
  { vendorCode: 'NOT_FOUND', status: [404], code: 'not_found', lasts: 'lasting' },
  { vendorCode: 'ENTITY_IS_DELETED', status: [404, 400], code: 'not_found', lasts: 'lasting' },
  { vendorCode: 'INVALID_CROSS_REFERENCE_KEY', status: [404, 400], code: 'not_found', lasts: 'lasting' },
  { vendorCode: 'INVALID_FIELD', status: [400], code: 'invalid', lasts: 'lasting' },
  { vendorCode: 'MALFORMED_QUERY', status: [400], code: 'invalid', lasts: 'lasting' },
  { vendorCode: 'MALFORMED_ID', status: [400], code: 'invalid', lasts: 'lasting' },
  { vendorCode: 'JSON_PARSER_ERROR', status: [400], code: 'invalid', lasts: 'lasting' },
  { vendorCode: 'INVALID_TYPE', status: [400], code: 'invalid', lasts: 'lasting' },
  rule('CANNOT_DEACTIVATE_DEFAULT_OWNER', REASSIGN),
  rule('FIELD_CUSTOM_VALIDATION_EXCEPTION', { message: "a validation rule of the organisation does not allow this change; the rule's own text is repeated", remedy: 'meet the validation rule, or exempt the user that the app runs as from it' }),
  rule('FIELD_INTEGRITY_EXCEPTION', { message: "the organisation's own rules do not allow this change: something still depends on the user", ...REASSIGN }),
  rule('CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', { message: 'a trigger or flow of the organisation failed or refused this', remedy: 'have the trigger or flow that Salesforce names corrected' }),
  rule('CANNOT_EXECUTE_FLOW_TRIGGER', { message: 'a flow of the organisation failed or refused this', remedy: 'have the flow that Salesforce names corrected' }),
  rule('DEPENDENCY_EXISTS', REASSIGN),
  rule('DELETE_FAILED'),
  rule('DUPLICATE_USERNAME', { message: 'another user of Salesforce has this user name' }),
  rule('DUPLICATE_VALUE'),
  rule('LICENSE_LIMIT_EXCEEDED', { message: 'the organisation has no free licence for this user', remedy: 'free a licence, or buy one' }),
  rule('LIMIT_EXCEEDED'),
  rule('INVALID_OPERATION'),
  rule('MIXED_DML_OPERATION', { message: 'an automation of the organisation changes setup objects and other records at once' }),
];

/**
 * The errors of Salesforce's REST API that operations of arx can meet
 * (https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_concepts_core_data_objects.htm).
 */
export const SALESFORCE_ERRORS: ErrorTable = { vendor: 'Salesforce', byStatus: {}, rows: ROWS };

/** Codes for rules of the organisation that are not in the table. */
export const RULE_CODES = /^(CANNOT_|FIELD_|DEPENDENCY_|DUPLICATE_|LICENSE_|DELETE_)/;
export const otherRule = (vendorCode: string): ErrorRow => rule(vendorCode);
