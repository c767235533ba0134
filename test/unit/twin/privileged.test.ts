import { describe, expect, it } from 'vitest';
import { prepareContext } from '../../../src/twin/context.ts';
import type { AssessmentContext } from '../../../src/twin/context.ts';
import { isPrivileged, isSuperAdmin, reasonText } from '../../../src/twin/privileged.ts';
import { userItem } from '../../../src/twin/tally.ts';
import type { StreamException, Twin, TwinUser } from '../../../src/twin/types.ts';
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

describe('something that could not be read', () => {
  const without = (exceptions: StreamException[], groups: Twin['groups'] = []) => {
    const all = streams().map((stream) => ({ ...stream, exceptions }));
    return prepareContext(twin({ streams: all, groups: [...twin().groups, ...groups] }));
  };
  const members = (id: string) =>
    ({ what: 'members', id, code: 'forbidden', status: 403 }) as const;
  const privileged = (context: AssessmentContext, changed: Partial<TwinUser> = {}) =>
    isPrivileged(user('00u1', changed), context);

  it.each([
    ['a group without roles', members('00gplain'), false, false],
    ['a group with a lesser role', members('00ghelp'), null, false],
    ['a group of super administrators', members('00gsuper'), null, null],
    ['a group whose roles were never read', members('00gnew'), null, null],
    ['a configured group', members('00gbyid'), null, null],
    [
      'a group that the list has in another form',
      { what: 'groups_row', id: 'row 3 of page 1' },
      null,
      null,
    ],
    ['a row of an administrator', { what: 'assignees_row', id: 'row 1 of page 1' }, null, null],
    ['the row of another administrator', { what: 'assignees_row', id: '00uother' }, false, false],
    ['the roles of the user', { what: 'user_roles', id: '00u1' }, null, null],
    ['the roles of another user', { what: 'user_roles', id: '00u2' }, false, false],
    ['the factors of the user', { what: 'factors', id: '00u1' }, false, false],
  ] as const)('leaves open what it may concern: %s', (_, exception, mayBe, mayBeSuper) => {
    const context = without(
      [{ code: 'forbidden', status: 403, ...exception }],
      [
        { id: '00gplain', name: 'Plain', roles: [] },
        { id: '00ghelp', name: 'Help', roles: ['HELP_DESK_ADMIN'] },
        { id: '00gsuper', name: 'Super', roles: ['SUPER_ADMIN'] },
        { id: '00gnew', name: 'New', roles: null },
      ],
    );
    expect(privileged(context)).toBe(mayBe);
    expect(isSuperAdmin(user('00u1'), context)).toBe(mayBeSuper);
    expect(privileged(context, { roles: [{ role: 'X', via: 'direct' }] })).toBe(true);
  });

  it('concerns the members of a group whose roles are unread, and no others', () => {
    const context = without([
      { what: 'group_roles', id: '00gstaff', code: 'forbidden', status: 403 },
    ]);
    expect(privileged(context, { groups: ['00gstaff'] })).toBe(null);
    expect(privileged(context)).toBe(false);
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
