import { expect, it } from 'vitest';
import { refuseNearMisses } from '../../../../src/cli/call/near-misses.ts';
import { withIds } from '../../../../src/cli/call/names.ts';
import type { Store } from '../../../../src/store/types.ts';
import { ioOf } from '../governed/support.ts';

it.each([
  [
    'okta',
    'users:suspnd',
    {},
    /okta has no operation users:suspnd/,
    /Did you mean users:suspend\?/,
  ],
  ['okta', 'users:disable', {}, /okta has no operation users:disable/, /./],
  ['okta', 'zzz:qqq', {}, /okta has no operation zzz:qqq/, /The nearest are/],
  ['okta', 'users:suspend', {}, /needs the argument userId/, /Add --param userId=VALUE/],
  [
    'okta',
    'users:suspend',
    { userID: '00u1' },
    /needs the argument userId/,
    /Did you mean userId instead of userID\?/,
  ],
])('%s %s with %j is explained', (vendor, operation, args, message, remedy) => {
  const refused = (): void => refuseNearMisses(vendor, operation, args);
  expect(refused).toThrow(message);
  try {
    refused();
  } catch (thrown) {
    expect(thrown).toMatchObject({ exit: 2, remedy: expect.stringMatching(remedy) });
  }
});

it('accepts a call with its arguments', () => {
  refuseNearMisses('okta', 'groups:add_member', { groupId: 'g', userId: 'u' });
});

const GROUPS = [
  { kind: 'group', id: '00gY8xFrAR9X29xZj5d7', name: 'MFA Enrollment' },
  { kind: 'app', id: '0oaY8xFrAR9X29xZj5d7', name: 'Payroll' },
] as const;
const store = {
  names: { find: async (name: string) => GROUPS.filter((one) => one.name === name) },
} as unknown as Store;
const naming = { settings: {} as never, store, vendor: 'okta' };

it('turns the names of groups and apps into ids, and says so', async () => {
  const { io, err } = ioOf({});
  const args = { groupId: 'MFA Enrollment', appId: '0oaY8xFrAR9X29xZj5d7', mode: 'x' };
  expect(await withIds(io, naming, args)).toEqual({ ...args, groupId: '00gY8xFrAR9X29xZj5d7' });
  expect(err()).toBe('groupId: MFA Enrollment is 00gY8xFrAR9X29xZj5d7\n');
});

it('compares whole names, and leaves other vendors alone', async () => {
  const { io } = ioOf({});
  await expect(withIds(io, naming, { groupId: 'MFA' })).rejects.toMatchObject({
    code: 'unknown_name',
    message: 'No group with the name MFA is known from a sync.',
  });
  const args = { groupId: 'MFA Enrollment' };
  expect(await withIds(io, { ...naming, vendor: 'entra' }, args)).toBe(args);
});
