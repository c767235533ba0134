import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { workflowBundle } from '../../../src/worker/bundle.ts';
import { bundleFile, bundleKey, seal, unseal } from '../../../src/worker/bundle-key.ts';
import { saveBundle, readBundle } from '../../../src/worker/bundle-store.ts';

const scratch = mkdtempSync(join(tmpdir(), 'arx-bundle-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(scratch, 'cache-'));
});

const lines: string[] = [];
const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
const place = (): string => join(folder, bundleFile(bundleKey()));

describe('a saved bundle', () => {
  it('is read back unchanged', () => {
    saveBundle(folder, 'k', seal('code\nand more'));
    expect(readBundle(folder, 'k')).toBe('code\nand more');
    expect(readdirSync(folder)).toEqual([bundleFile('k')]);
  });

  it.each([
    ['cut short', (text: string) => text.slice(0, -1)],
    ['changed', (text: string) => text.replace('code', 'c0de')],
    ['empty', () => ''],
    ['without its digest', (text: string) => text.slice(65)],
  ])('is ignored if it is %s', (_, damage) => {
    saveBundle(folder, 'k', seal('code'));
    const file = join(folder, bundleFile('k'));
    writeFileSync(file, damage(readFileSync(file, 'utf8')));
    expect(readBundle(folder, 'k')).toBeNull();
  });

  it('is removed two weeks after it was last saved', () => {
    saveBundle(folder, 'old', seal('old'));
    utimesSync(join(folder, bundleFile('old')), 1, 1);
    writeFileSync(join(folder, 'somebody-elses'), '');
    saveBundle(folder, 'new', seal('new'));
    expect(readdirSync(folder).toSorted()).toEqual(['somebody-elses', bundleFile('new')]);
  });
});

describe('the workflows of a worker', () => {
  it(
    'are bundled once, and again if the saved bundle is damaged',
    { timeout: 60_000 },
    async () => {
      const [one, other] = await Promise.all([
        workflowBundle(folder, log),
        workflowBundle(folder, log),
      ]);
      expect(other.code).toBe(one.code);
      expect(one.code).toContain('mfaEnforcementCheck');
      expect(readdirSync(folder)).toEqual([bundleFile(bundleKey())]);
      writeFileSync(place(), seal('kept'));
      expect(await workflowBundle(folder, log)).toEqual({ code: 'kept' });
      writeFileSync(place(), readFileSync(place(), 'utf8').slice(0, -2));
      expect((await workflowBundle(folder, log)).code).toBe(one.code);
      expect(unseal(readFileSync(place(), 'utf8'))).toBe(one.code);
    },
  );

  it(
    'are bundled even if no bundle can be saved, with a log entry',
    { timeout: 60_000 },
    async () => {
      const file = join(folder, 'a-file');
      writeFileSync(file, '');
      expect((await workflowBundle(join(file, 'cache'), log)).code).toContain(
        'mfaEnforcementCheck',
      );
      expect(lines.join('')).toContain('cannot be cached');
    },
  );
});
