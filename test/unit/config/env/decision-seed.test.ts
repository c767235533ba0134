import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decisionSeeds } from '../../../../src/config/env/decision-seed.ts';
import { readEnv } from '../../../../src/config/env/env.ts';
import { accessKey } from '../../../../src/config/env/identity-keys.ts';
import { configErrorOf, directoryWith } from '../../../support/config.ts';

const SEED = 'ab'.repeat(32);
const fileOf = (home: string): string => join(home, 'keys', 'decision.json');
const seedsIn = (home: string, env: Record<string, string> = {}) =>
  decisionSeeds(readEnv({ env: { ARX_HOME: home, ...env }, cwd: home }));

describe('the seed of the key that signs decisions', () => {
  it('is made once, for its owner alone', () => {
    const home = directoryWith();
    const first = seedsIn(home).current().reveal();
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(seedsIn(home).current().reveal()).toBe(first);
    expect(statSync(fileOf(home)).mode & 0o777).toBe(0o600);
    expect(statSync(join(home, 'keys')).mode & 0o077).toBe(0);
  });

  it('is replaced only when the next one is installed', () => {
    const seeds = seedsIn(directoryWith());
    const old = seeds.current().reveal();
    const { seed, install } = seeds.prepare();
    expect(seeds.current().reveal()).toBe(old);
    install();
    expect(seeds.current().reveal()).toBe(seed.reveal());
    expect(seed.reveal()).not.toBe(old);
  });

  it('comes from ARX_DECISION_KEY where that is set, and cannot be replaced then', () => {
    const home = directoryWith();
    const seeds = seedsIn(home, { ARX_DECISION_KEY: SEED.toUpperCase() });
    expect(seeds).toMatchObject({ given: true });
    expect(seeds.current().reveal()).toBe(SEED);
    expect(configErrorOf(() => seeds.prepare())).toMatchObject({ code: 'decision_key_given' });
    expect(existsSync(fileOf(home))).toBe(false);
  });

  it.each([
    ['others may read', (file: string) => chmodSync(file, 0o644)],
    ['holds something else', (file: string) => writeFileSync(file, '{"privateKey":"short"}')],
    ['is no JSON', (file: string) => writeFileSync(file, 'nonsense')],
  ])('is refused where its file %s', (_, spoil) => {
    const home = directoryWith();
    const seed = seedsIn(home).current().reveal();
    spoil(fileOf(home));
    const error = configErrorOf(() => seedsIn(home).current());
    expect(error).toMatchObject({ code: 'decision_key' });
    expect(error.message + error.remedy).not.toContain(seed);
  });

  it('is not printed', () => {
    const home = directoryWith();
    const seeds = seedsIn(home);
    const shown = inspect([seeds, seeds.current()], { depth: 9 }) + JSON.stringify(seeds.current());
    expect(shown).not.toContain(JSON.parse(readFileSync(fileOf(home), 'utf8')).privateKey);
  });

  it.each(['xyz0', `${SEED}00`, 'zz'.repeat(32)])('%s is no seed', (given) => {
    const error = configErrorOf(() => seedsIn(directoryWith(), { ARX_DECISION_KEY: given }));
    expect(error).toMatchObject({ code: 'invalid_variable' });
    expect(error.message).not.toContain(given);
  });
});

describe('ARX_KEY', () => {
  const read = (value: string) =>
    accessKey(readEnv({ env: { ARX_KEY: value }, cwd: directoryWith() }));

  it('is a secret of its form', () => {
    const key = `arxk_${'A'.repeat(43)}`;
    expect(read(key)?.reveal()).toBe(key);
    expect(String(read(key))).toBe('[secret]');
  });

  it('is refused where it is something else, without being repeated', () => {
    const error = configErrorOf(() => read('arxk_short'));
    expect(error).toMatchObject({ code: 'invalid_variable' });
    expect(error.message).not.toContain('arxk_short');
  });
});
