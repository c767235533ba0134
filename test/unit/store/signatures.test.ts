import { expect, it } from 'vitest';
import { describeOnStores } from '../../support/stores.ts';

const at = (minute: number): string => new Date(Date.UTC(2026, 10, 22, 8, minute)).toISOString();

describeOnStores('signatures', ({ fresh, again }) => {
  it('are accepted once, from one of many concurrent callers', async () => {
    const [first, second] = [await fresh(), await again()];
    const times = { at: at(0), expiresAt: at(10) };
    const taken = await Promise.all(
      Array.from({ length: 10 }, (_, at) =>
        (at % 2 ? first : second).signatures.takeOnce('one', times),
      ),
    );
    expect(taken.filter(Boolean)).toHaveLength(1);
    expect(await first.signatures.takeOnce('two', times)).toBe(true);
  });

  it('are kept until they expire', async () => {
    const { signatures } = await fresh();
    expect(await signatures.takeOnce('one', { at: at(0), expiresAt: at(10) })).toBe(true);
    expect(await signatures.takeOnce('one', { at: at(10), expiresAt: at(20) })).toBe(false);
    expect(await signatures.takeOnce('one', { at: at(11), expiresAt: at(20) })).toBe(true);
  });
});
