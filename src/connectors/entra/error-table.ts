import type { ErrorRow, ErrorTable } from '../transport/error-table.ts';

const FORBIDDEN = {
  vendorCode: 'Authorization_RequestDenied',
  status: [403],
  code: 'forbidden',
  lasts: 'lasting',
} as const;

/**
 * Authorization_RequestDenied does not name what is missing. For operations on administrators see "Who
 * can perform sensitive actions" in https://learn.microsoft.com/en-us/graph/api/resources/users, for
 * role-assignable groups https://learn.microsoft.com/en-us/graph/api/group-post-members.
 */
const DENIED: readonly ErrorRow[] = [
  {
    ...FORBIDDEN,
    operation: /^groups:(add|remove)_member$/,
    message:
      'Microsoft Graph does not allow this app to change the members of this group (Authorization_RequestDenied). For a ' +
      'role-assignable group, the app needs the application permission RoleManagement.ReadWrite.Directory; for any other ' +
      'group, it needs GroupMember.ReadWrite.All; groups of Exchange (mail-enabled security groups and distribution lists) ' +
      'cannot be changed through Graph',
    remedy: 'grant the app the permission for this kind of group, with admin consent',
  },
  {
    ...FORBIDDEN,
    operation: /^users:(disable|enable|revoke_sessions)$/,
    message:
      'Microsoft Graph does not allow this app to do this (Authorization_RequestDenied). For an account with an ' +
      'administrator role, the app needs the directory role Privileged Authentication Administrator; for any other account, ' +
      'it needs an application permission: User.EnableDisableAccount.All or User.RevokeSessions.All',
    remedy: 'grant the app the permission or the role, with admin consent',
  },
  {
    ...FORBIDDEN,
    message:
      'Microsoft Graph does not allow this app to read this (Authorization_RequestDenied): it needs the application ' +
      'permission User.Read.All or GroupMember.Read.All',
    remedy: 'grant the app the permission, with admin consent',
  },
];

const BAD_REQUEST = {
  vendorCode: 'Request_BadRequest',
  status: [400],
  lasts: 'lasting',
} as const;

/** Refusals that have the code of a bad request, though the state of the object is the reason. */
const STATES: readonly ErrorRow[] = [
  {
    ...BAD_REQUEST,
    said: /on-?premises master|directory sync(ed|hronized)? object|undergoing migration|synchroni[sz]ed from/i,
    code: 'conflict',
    message: 'the object is synchronised from an on-premises directory, which is its source',
    remedy:
      'change it in the on-premises Active Directory; the next synchronisation carries it over',
  },
  {
    ...BAD_REQUEST,
    said: /mail-enabled|distribution list|exchange/i,
    code: 'conflict',
    message: 'the group is managed by Exchange, so Graph cannot change it',
    remedy: 'change it in the Exchange admin center',
  },
  {
    ...BAD_REQUEST,
    said: /dynamic (group|membership)/i,
    code: 'conflict',
    message: 'the group has dynamic membership: its rule determines the members',
    remedy: 'change the rule of the group, or use a group with assigned members',
  },
  { ...BAD_REQUEST, code: 'invalid' },
];

const QUOTA = 'a quota of the directory is used up';

// prettier-ignore
const OTHERS: readonly ErrorRow[] = [
  { vendorCode: 'Authorization_IdentityNotFound', status: [401, 403], code: 'forbidden', lasts: 'lasting', message: 'the app has no identity in this tenant', remedy: 'give the app a service principal in this tenant, with admin consent' },
  { vendorCode: 'Authorization_IdentityDisabled', status: [403], code: 'forbidden', lasts: 'lasting', message: 'the service principal of the app is disabled', remedy: 'enable it in the Entra admin center' },
  { vendorCode: 'Authentication_MissingOrMalformed', status: [401], code: 'unauthenticated', lasts: 'lasting' },
  { vendorCode: 'InvalidAuthenticationToken', status: [401], code: 'unauthenticated', lasts: 'lasting' },
  { vendorCode: 'accessDenied', status: [403], code: 'forbidden', lasts: 'lasting' },
  { vendorCode: 'Request_ResourceNotFound', status: [404], code: 'not_found', lasts: 'lasting' },
  { vendorCode: 'ResourceNotFound', status: [404], code: 'not_found', lasts: 'lasting' },
  { vendorCode: 'itemNotFound', status: [404], code: 'not_found', lasts: 'lasting' },
  { vendorCode: 'Request_UnsupportedQuery', status: [400], code: 'invalid', lasts: 'lasting' },
  { vendorCode: 'Request_MultipleObjectsWithSameKeyValue', status: [409], code: 'conflict', lasts: 'lasting' },
  { vendorCode: 'Directory_ExpiredPageToken', status: [400], code: 'invalid', lasts: 'lasting' },
  { vendorCode: 'Directory_ConcurrencyViolation', status: [409], code: 'unavailable', lasts: 'passing', ambiguous: false, message: 'another change of the same object is in progress' },
  { vendorCode: 'Directory_QuotaExceeded', status: [400, 403], code: 'conflict', lasts: 'lasting', message: QUOTA, remedy: 'delete objects of the directory, or have its quota raised' },
  { vendorCode: 'Directory_ReplicaUnavailable', status: [503], code: 'unavailable', lasts: 'passing' },
  { vendorCode: 'TooManyRequests', status: [429], code: 'rate_limited', lasts: 'passing' },
  { vendorCode: 'activityLimitReached', status: [429], code: 'rate_limited', lasts: 'passing' },
  { vendorCode: 'Request_ThrottledTemporarily', status: [429, 503], code: 'rate_limited', lasts: 'passing' },
  { vendorCode: 'Request_ThrottledPermanently', status: [429], code: 'rate_limited', lasts: 'lasting', message: 'Microsoft Graph refuses the requests of this app for good, because there are too many', remedy: 'let the app send fewer requests, or ask Microsoft' },
  { vendorCode: 'InternalServerError', status: [500], code: 'unavailable', lasts: 'passing', message: 'Microsoft Graph reports an internal error' },
  { vendorCode: 'Service_InternalServerError', status: [500], code: 'unavailable', lasts: 'passing', message: 'Microsoft Graph reports an internal error' },
  { vendorCode: 'serviceNotAvailable', status: [503], code: 'unavailable', lasts: 'passing' },
  { vendorCode: 'notSupported', status: [501], code: 'conflict', lasts: 'lasting', message: 'Microsoft Graph does not support this on this object', ambiguous: false },
  { vendorCode: 'NotImplemented', status: [501], code: 'conflict', lasts: 'lasting', message: 'Microsoft Graph does not support this on this object', ambiguous: false },
  { vendorCode: 'quotaLimitReached', status: [507], code: 'conflict', lasts: 'lasting', message: QUOTA, ambiguous: false },
];

/**
 * The errors of Microsoft Graph (https://learn.microsoft.com/en-us/graph/errors and the errors of the
 * directory) that operations of arx can meet.
 */
export const ENTRA_ERRORS: ErrorTable = {
  vendor: 'Microsoft Graph',
  byStatus: { 423: 'unavailable', 509: 'rate_limited' },
  rows: [...DENIED, ...STATES, ...OTHERS],
};
