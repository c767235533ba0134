import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { envExample } from '../../../../src/config/env/env-example.ts';
import { guardrailsOf } from '../../../../src/config/schema/guardrails.ts';
import { configJsonSchema } from '../../../../src/config/schema/json-schema.ts';
import { loadConfig } from '../../../../src/config/yaml/load.ts';
import type { LoadedConfig } from '../../../../src/config/yaml/load.ts';
import { configSchema } from '../../../../src/config/schema/schema.ts';
import { CATALOGUE } from '../../../../src/governance/catalogue.ts';
import { directoryWith } from '../../../support/config.ts';
import { REPO } from '../../../support/policies.ts';

const load = (yaml: string): LoadedConfig =>
  loadConfig({ path: join(directoryWith({ 'arx.yaml': yaml }), 'arx.yaml'), catalogue: CATALOGUE });
const shipped = (name: string): string => readFileSync(join(REPO, name), 'utf8');

describe('loadConfig', () => {
  it('requires only the version', () => {
    const { config, digest } = load('version: 1\n');
    expect(config).toMatchObject({
      workflow: 'mfa-enforcement-check',
      schedule: {
        cron: '0 8 * * MON',
        calendar: null,
        timezone: 'UTC',
        overlap: 'skip',
        catchup_window: '6h',
        jitter: '0s',
      },
      policies: ['policies/*.yaml'],
      scope: { statuses: ['ACTIVE'], groups: [] },
      grace_period: '0d',
      scan: { mode: 'full', batch: 'auto', window: 8, max_unknown: 0.01, max_drop: 0.2 },
      quota: { share: 0.5, reserve: 5, warning_threshold: true },
      tickets: { mode: 'per_user', labels: ['mfa'], due_in: '14d', settle: ['30s', '60s', '120s'] },
      slack: { channel: null },
      retention: { users: '90d', audit: '400d' },
      guardrails: { okta: { risk_max: 'critical' } },
    });
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('uses the configured values, and defaults for the rest', () => {
    const { config } = load(`version: 1
allowed_factor_types: phishing_resistant
scan: { batch: 50 }
connectors: { jira: { operations: ["issues:*"] } }
schedule: { calendar: [{ day_of_week: [MON, THU], hour: 7, minute: [0, 30] }], timezone: Europe/Berlin }
exemptions: [{ group: Break Glass, reason: sealed keys, owner: ciso, until: 2020-01-31 }]
tickets: { due_in: null, settle: [5s] }
slack: { channel: "#sec" }
`);
    expect(config.allowed_factor_types).toBe('phishing_resistant');
    expect(config.scan).toMatchObject({ batch: 50, window: 8 });
    expect(config.connectors.jira.operations).toEqual(['issues:*']);
    expect(config.connectors.slack.operations).toEqual([
      'chat:write',
      'chat:update',
      'history:read',
    ]);
    expect(config.schedule.calendar).toEqual([
      { day_of_week: ['MON', 'THU'], hour: 7, minute: [0, 30] },
    ]);
    expect(config.exemptions).toHaveLength(1);
    expect(config.tickets).toMatchObject({ due_in: null, settle: ['5s'], issue_type: 'Task' });
  });

  it('derives the digest from the meaning, not the spelling', () => {
    const { digest } = load('version: 1\n');
    expect(load('# note\nscan: { window: 8 }\nversion: 1\n').digest).toBe(digest);
    expect(load('version: 1\nscan: { window: 9 }\n').digest).not.toBe(digest);
  });

  it('names the base directory of relative paths', () => {
    const { path, baseDir } = load('version: 1\n');
    expect(path).toBe(join(baseDir, 'arx.yaml'));
  });

  it('returns the guardrails in the form of the evaluator', () => {
    expect(guardrailsOf(load('version: 1\n').config)).toEqual({ riskMax: { okta: 'CRITICAL' } });
    const { config } = load(
      'version: 1\nguardrails: { okta: { risk_max: low }, jira: { risk_max: medium } }\n',
    );
    expect(guardrailsOf(config)).toEqual({ riskMax: { okta: 'LOW', jira: 'MEDIUM' } });
  });
});

describe('the shipped files', () => {
  it('arx.yaml contains every key with its default', () => {
    const { config } = loadConfig({ path: join(REPO, 'arx.yaml'), catalogue: CATALOGUE });
    const defaults = configSchema.parse({ version: 1 });
    expect(config).toEqual(defaults);
    const { schedule, ...stated } = parse(shipped('arx.yaml')) as { schedule: object };
    const { calendar: _alternative, ...cron } = defaults.schedule;
    expect({ ...stated, schedule }).toEqual({ ...defaults, schedule: cron });
  });

  it('arx.schema.json is up to date, and accepts arx.yaml but no unknown key', () => {
    const schema = JSON.parse(shipped('arx.schema.json')) as Record<string, unknown>;
    expect(schema).toEqual(configJsonSchema());
    const validate = new Ajv2020({ strict: false }).compile(schema);
    const config = parse(shipped('arx.yaml')) as object;
    expect(validate(config)).toBe(true);
    expect(validate({ ...config, tickest: {} })).toBe(false);
  });

  it('.env.example is up to date', () => {
    expect(shipped('.env.example')).toBe(envExample());
  });
});
