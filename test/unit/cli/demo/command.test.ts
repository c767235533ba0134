import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeConfig } from '../../../../src/cli/demo/home.ts';
import { loadConfig } from '../../../../src/config/yaml/load.ts';
import { CATALOGUE } from '../../../../src/governance/catalogue.ts';

const config = join(mkdtempSync(join(tmpdir(), 'arx-demo-')), 'arx.yaml');
const TENANTS = {
  AAD: ['tenant-1'],
  'Google Workspace': ['northwind.example'],
  'Salesforce.com': ['127.0.0.1:4106'],
};

it.each([
  [20, 0.1],
  [99, 2 / 99],
  [503, 0.01],
])(
  'a demo of %d people may have two who cannot be read, and not under one in a hundred',
  async (users, share) => {
    await writeConfig({ config, users, tenants: TENANTS }, 'svc-backup@northwind.example');
    const { scan, remediation } = loadConfig({ path: config, catalogue: CATALOGUE }).config;
    expect(scan.max_unknown).toBeCloseTo(share, 10);
    expect(remediation.tenants).toEqual(TENANTS);
  },
);
