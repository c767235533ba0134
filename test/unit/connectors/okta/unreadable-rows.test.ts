import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmulators } from '../../../../emulators/start.ts';
import type { RunningEmulators } from '../../../../emulators/start.ts';
import { emulatedHarness } from '../support/emulated.ts';
import { context, failureOf } from '../support/harness.ts';

let emulators: RunningEmulators;
beforeAll(async () => {
  emulators = await startEmulators({ profile: 'empty', rateLimit: 0 });
  emulators.okta.addUser({ login: 'ann@example.com' });
  for (const raw of [{ id: 17, status: 'ACTIVE' }, { id: 'a/b', status: 'ACTIVE' }, null, 'x'])
    emulators.okta.addUser({ login: `odd-${String(raw)}@example.com`, raw });
  emulators.okta.addUser({ login: 'bob@example.com' });
});
afterAll(() => emulators.close());

describe('a list with rows of another form', () => {
  it('fails as a whole, so that nothing is taken for complete by mistake', async () => {
    const { connectors } = emulatedHarness(emulators.document);
    const error = await failureOf(connectors.okta('users:read', {}, context()));
    expect(error).toMatchObject({ fields: { code: 'malformed' } });
  });

  it('has its other rows and the places of the odd ones if they may be skipped', async () => {
    const { connectors, journal } = emulatedHarness(emulators.document);
    const { output } = await connectors.okta('users:read', { skipUnreadable: true }, context());
    expect(output.items.map(({ login }) => login)).toEqual(['ann@example.com', 'bob@example.com']);
    expect(output.unreadable).toEqual([
      { place: 2, id: '17' },
      { place: 3, id: 'a/b' },
      { place: 4, id: null },
      { place: 5, id: null },
    ]);
    expect(journal.drafts.at(-1)?.outcome).toMatchObject({ items: 2, unreadable: 4 });
  });
});
