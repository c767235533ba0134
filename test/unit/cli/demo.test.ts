import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeConfig } from '../../../src/cli/demo/home.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { CATALOGUE } from '../../../src/governance/catalogue.ts';

const config = join(mkdtempSync(join(tmpdir(), 'arx-demo-')), 'arx.yaml');

it.each([
  [20, 0.1],
  [99, 2 / 99],
  [503, 0.01],
])('a demo of %d people may have two who cannot be read, and not under one in a hundred', async (users, share) => {
  await writeConfig({ config, users }, 'svc-backup@northwind.example');
  expect(loadConfig({ path: config, catalogue: CATALOGUE }).config.scan.max_unknown).toBeCloseTo(share, 10);
});
