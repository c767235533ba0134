import { describe, expect, it } from 'vitest';
import { prepareContext } from '../../../src/twin/context.ts';
import { reasonText } from '../../../src/twin/privileged.ts';
import { userItem } from '../../../src/twin/tally.ts';
import type { TwinUser } from '../../../src/twin/types.ts';
import { factors, streams, twin, user } from '../../support/twin-orgs.ts';

const item = (changed: Partial<TwinUser>, state: 'complete' | 'denied' = 'complete') =>
  userItem(user('00u1', changed), prepareContext(twin({ streams: streams({ roles: state }) })));

describe('privilege', () => {
  it('is reported with all its reasons', () => {
    const { privileged, why } = item({
      roles: [
        { role: 'ORG_ADMIN', via: '00gstaff' },
        { role: 'SUPER_ADMIN', via: 'direct' },
        { role: 'APP_ADMIN', via: '00gelsewhere' },
      ],
      groups: ['00gstaff', '00gbyid', '00gadmins'],
    });
    expect(privileged).toBe(true);
    expect(why.map(reasonText)).toEqual([
      'SUPER_ADMIN directly',
      'ORG_ADMIN through group Staff',
      'APP_ADMIN through group 00gelsewhere',
      'member of group Break glass',
      'member of group Admins',
    ]);
  });

  it.each([
    ['nobody who holds nothing', {}, 'complete', false],
    ['not known while roles cannot be read', { roles: null }, 'complete', null],
    [
      'who holds a role as last known, while roles cannot be read',
      { roles: [{ role: 'X', via: 'direct' }] },
      'denied',
      true,
    ],
    ['not known of who held nothing, while roles cannot be read', { roles: [] }, 'denied', null],
    [
      'known of a configured group all the same',
      { roles: null, groups: ['00gadmins'] },
      'denied',
      true,
    ],
  ] as const)('is %s', (_, changed, state, expected) => {
    expect(item(changed as Partial<TwinUser>, state).privileged).toBe(expected);
  });
});

describe('a listed user', () => {
  it.each([
    [factors('email', 'push'), 'enrolled', 'strong'],
    [factors('email'), 'none', 'not_accepted'],
    [factors('push', 'passkey9'), 'unknown', 'strong'],
    [[{ id: 'f', type: 'push', provider: 'OKTA', status: 'SHINY' }], 'unknown', null],
    [[{ id: 'f', type: 'push', provider: 'OKTA', status: 'PENDING_ACTIVATION' }], 'none', null],
    [null, 'unknown', null],
  ])('has its MFA state and strongest class: %j', (enrolled, mfa, strongest) => {
    expect(item({ factors: enrolled })).toMatchObject({ mfa, strongest });
  });
});
