import type { ConnectorErrorCode } from '../errors.ts';
import type { ErrorRow, ErrorTable } from '../transport/error-table.ts';

const row =
  (status: number, code: ConnectorErrorCode, lasts: ErrorRow['lasts']) =>
  (
    vendorCode: string,
    message?: string,
    more: Pick<ErrorRow, 'remedy' | 'ambiguous'> = {},
  ): ErrorRow => ({
    vendorCode,
    status: [status],
    code,
    lasts,
    ...(message !== undefined && { message }),
    ...more,
  });

const invalid = row(400, 'invalid', 'lasting');
const forbidden = row(403, 'forbidden', 'lasting');
const state = row(403, 'conflict', 'lasting');
const clash = row(409, 'conflict', 'lasting');
const busy = row(409, 'unavailable', 'passing');
const missing = row(404, 'not_found', 'lasting');

const AT_ITS_SOURCE = {
  remedy: 'change it in the directory or application that is its source',
} as const;
const PERMISSION = {
  remedy: 'give the token or the service app the scope and an admin role for this operation',
} as const;

/**
 * The errors of Okta (https://developer.okta.com/docs/reference/error-codes) that operations of arx
 * can meet.
 */
export const OKTA_ERRORS: ErrorTable = {
  vendor: 'Okta',
  byStatus: { 423: 'unavailable' },
  rows: [
    invalid('E0000001', 'Okta refused the values of the request', {
      remedy: 'correct the field that Okta names, or meet the precondition that it states',
    }),
    invalid('E0000002'),
    invalid('E0000003'),
    row(401, 'unauthenticated', 'lasting')('E0000004'),
    row(403, 'unauthenticated', 'lasting')('E0000005'),
    forbidden('E0000006', undefined, PERMISSION),
    missing('E0000007'),
    missing('E0000008'),
    row(500, 'unavailable', 'passing')('E0000009', 'Okta reports an internal error'),
    row(503, 'unavailable', 'passing')('E0000010', 'Okta is in read-only mode', {
      ambiguous: false,
      remedy: 'see status.okta.com, and try again when the maintenance is over',
    }),
    row(401, 'unauthenticated', 'lasting')('E0000011'),
    forbidden('E0000013', 'Okta does not know the client app'),
    state('E0000014', 'Okta cannot change the credentials of this user', {
      remedy: 'change them at the directory or identity provider that holds them',
    }),
    row(401, 'forbidden', 'lasting')('E0000015', 'the Okta org does not have this feature', {
      remedy: 'enable the feature in the Okta org, or use another operation',
    }),
    state('E0000016', 'the user is already active'),
    state('E0000017', 'Okta cannot reset the password of this user', {
      remedy: 'reset it at the directory or identity provider that holds it',
    }),
    row(405, 'invalid', 'lasting')('E0000022', 'Okta does not offer this operation here'),
    state('E0000023', 'the profile of the user is held by another system', AT_ITS_SOURCE),
    row(404, 'invalid', 'lasting')('E0000026', 'Okta has withdrawn this interface'),
    invalid('E0000031'),
    state('E0000032', 'the user cannot be unlocked'),
    state('E0000034', 'the password of this user cannot be reset this way'),
    state('E0000035', 'the password of this user cannot be changed', AT_ITS_SOURCE),
    state('E0000038', 'the status of the user does not allow this'),
    state('E0000039', 'Okta could not change the application'),
    state('E0000046', 'the application cannot be deactivated for this user'),
    row(429, 'rate_limited', 'passing')('E0000047'),
    row(500, 'unavailable', 'lasting')(
      'E0000049',
      'the provisioning connector of the application answered with invalid data',
      { remedy: 'check the provisioning of the application in Okta', ambiguous: true },
    ),
    row(500, 'unavailable', 'lasting')(
      'E0000051',
      'the provisioning connector of the application did not answer',
      { remedy: 'check the provisioning of the application in Okta', ambiguous: true },
    ),
    row(501, 'conflict', 'lasting')(
      'E0000052',
      'the provisioning connector of the application does not support this',
      { ambiguous: false },
    ),
    state('E0000056', 'the application cannot be deleted'),
    row(501, 'conflict', 'lasting')(
      'E0000060',
      'Okta does not support this operation on this object, for example on a built-in group',
      { remedy: 'use a group that is not built in, or make the change in Okta', ambiguous: false },
    ),
    clash('E0000062', 'the user is already assigned to the application'),
    row(500, 'unavailable', 'lasting')('E0000065', 'Okta cannot read the data of the application', {
      ambiguous: true,
    }),
    state('E0000075', 'a mapping of the application sets this attribute', AT_ITS_SOURCE),
    row(405, 'conflict', 'lasting')(
      'E0000076',
      'the application is the source of this user',
      AT_ITS_SOURCE,
    ),
    state('E0000077', 'an attribute is read-only', AT_ITS_SOURCE),
    state('E0000078', 'an attribute cannot be changed once it is set'),
    state('E0000079', 'the state does not allow this'),
    state('E0000080', 'the password policy does not allow this'),
    state('E0000081', 'an attribute is reserved for the application'),
    clash('E0000090', 'the role is already assigned'),
    row(503, 'unavailable', 'passing')('E0000100', 'the search of Okta is not available'),
    state('E0000107', 'the state does not allow this transition'),
    state('E0000111', 'Okta holds the object read-only, because it comes from elsewhere', {
      ...AT_ITS_SOURCE,
    }),
    busy('E0000112', 'the user is still being activated', { ambiguous: false }),
    state('E0000117', 'the user is not active, so no application can be assigned', {
      remedy: 'activate the user first',
    }),
    row(502, 'unavailable', 'passing')('E0000134', 'an inline hook of the Okta org failed'),
    invalid('E0000135', 'an inline hook of the Okta org refused this'),
    row(504, 'unavailable', 'passing')('E0000137', 'an inline hook of the Okta org timed out'),
    state('E0000143', 'the application does not allow this'),
    state('E0000148', 'a policy still uses the object'),
    row(423, 'conflict', 'lasting')('E0000155', 'the user is not active'),
    row(410, 'not_found', 'lasting')('E0000156'),
    invalid('E0000179', 'a required attribute comes from another source', AT_ITS_SOURCE),
    clash('E0000195', 'the object is in a state that does not allow this'),
    invalid('E0000211', 'built-in groups cannot have administrator roles'),
    row(423, 'unavailable', 'passing')('E0000239'),
    row(
      502,
      'unavailable',
      'passing',
    )('E0000240', 'the agent of a directory did not answer in time'),
    row(504, 'unavailable', 'lasting')('E0000241', 'no agent of the directory is connected', {
      remedy: 'check the directory agents of the Okta org',
      ambiguous: false,
    }),
    invalid('E0000243'),
    busy('E0000249', 'Okta is still preparing the rules of groups', { ambiguous: false }),
    busy('E0000253', 'Okta is still preparing the type of user', { ambiguous: false }),
    busy('E0000268', 'Okta is processing another change of roles', { ambiguous: false }),
  ],
};
