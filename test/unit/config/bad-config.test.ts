import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/yaml/load.ts';
import { CATALOGUE } from '../../../src/governance/catalogue.ts';
import { configErrorOf, directoryWith, textOf } from '../../support/config.ts';

const CANARY = 'canary-00aBcDeFsEcReT';

/** The mistake, the file, and the expected code, line:column, path and remedy. */
type Row = [
  what: string,
  yaml: string,
  code: string,
  at: string,
  path: string | undefined,
  remedy: RegExp,
];

const v = 'version: 1\n';
const ROWS: Row[] = [
  ['an empty file', '', 'missing_key', '1:1', 'version', /Add version/],
  ['no version', 'tickets: { mode: bulk }\n', 'missing_key', '1:1', 'version', /Add version/],
  ['another version', 'version: 2\n', 'wrong_value', '1:10', 'version', /1/],
  ['a list', '- version: 1\n', 'wrong_value', '1:1', '', /mapping/],
  [
    'an unknown key',
    `${v}tickest: {}\n`,
    'unknown_key',
    '2:1',
    'tickest',
    /Did you mean tickets\?/,
  ],
  [
    'a nested unknown key',
    `${v}tickets:\n  modee: bulk\n`,
    'unknown_key',
    '3:3',
    'tickets.modee',
    /Did you mean mode\?/,
  ],
  [
    'tenants of an unknown product',
    `${v}remediation: { tenants: { Salesforce: [a] } }\n`,
    'unknown_key',
    '2:27',
    'remediation.tenants.Salesforce',
    /Did you mean Salesforce\.com\?/,
  ],
  [
    'an unknown key similar to no other',
    `${v}scan: { zzzzzzzz: 1 }\n`,
    'unknown_key',
    '2:9',
    'scan.zzzzzzzz',
    /Known keys: mode, batch/,
  ],
  [
    'an unknown key in a list',
    `${v}exemptions:\n  - { usr: a, reason: r, owner: o, until: 2027-01-31 }\n`,
    'unknown_key',
    '3:7',
    'exemptions.0.usr',
    /user/,
  ],
  ['a key twice', `${v}scan: {}\nscan: {}\n`, 'yaml', '3:1', undefined, /Remove one/],
  ['a tab', `${v}scan:\n\tbatch: 1\n`, 'yaml', '3:1', undefined, /spaces/],
  ['an open bracket', `${v}policies: [a\n`, 'yaml', '3:1', undefined, /./],
  ['an open quote', `${v}workflow: "abc\n`, 'yaml', '3:1', undefined, /./],
  ['two documents', `${v}---\n${v}`, 'yaml', '2:1', undefined, /---/],
  ['a directive', `%YAML 1.1\n---\n${v}`, 'yaml', '1:1', undefined, /Remove the line/],
  ['a tag', `${v}workflow: !!js/function x\n`, 'yaml', '2:11', undefined, /tag/],
  ['an unknown alias', `${v}scan: *x\n`, 'yaml', '2:7', undefined, /Write the value out/],
  ['a key that is not text', `${v}? [a]\n: b\n`, 'yaml', '2:3', undefined, /Quote the key/],
  ['a prototype key', `${v}__proto__: { a: 1 }\n`, 'yaml', '2:1', undefined, /Remove it/],
  ['64 KB or more', `${v}# ${'x'.repeat(70_000)}\n`, 'yaml', '1:1', undefined, /right file/],
  ['a scalar for a section', `${v}tickets: 3\n`, 'wrong_value', '2:10', 'tickets', /mapping/],
  [
    'a section left empty',
    `${v}slack:\nscan: {}\n`,
    'wrong_value',
    '2:7',
    'slack',
    /remove the key/,
  ],
  [
    'an unknown word',
    `${v}tickets: { mode: per-user }\n`,
    'wrong_value',
    '2:18',
    'tickets.mode',
    /Did you mean per_user\?/,
  ],
  [
    'an unknown factor type',
    `${v}allowed_factor_types:\n  - push\n  - webauthnn\n`,
    'wrong_value',
    '4:5',
    'allowed_factor_types.1',
    /Did you mean webauthn\?/,
  ],
  [
    'an unknown preset',
    `${v}allowed_factor_types: strong\n`,
    'wrong_value',
    '2:23',
    'allowed_factor_types',
    /phishing_resistant/,
  ],
  [
    'no factor type at all',
    `${v}allowed_factor_types: []\n`,
    'wrong_value',
    '2:23',
    'allowed_factor_types',
    /at least one/,
  ],
  [
    'a factor type twice',
    `${v}allowed_factor_types: [push, u2f, push]\n`,
    'contradiction',
    '2:35',
    'allowed_factor_types.2',
    /Remove/,
  ],
  [
    'a status without sign-in',
    `${v}scope: { statuses: [DEPROVISIONED] }\n`,
    'wrong_value',
    '2:21',
    'scope.statuses.0',
    /ACTIVE/,
  ],
  [
    'no status',
    `${v}scope: { statuses: [] }\n`,
    'wrong_value',
    '2:20',
    'scope.statuses',
    /at least one/,
  ],
  [
    'a negative grace period',
    `${v}grace_period: -1d\n`,
    'wrong_value',
    '2:15',
    'grace_period',
    /14d/,
  ],
  [
    'a duration without unit',
    `${v}grace_period: 30\n`,
    'wrong_value',
    '2:15',
    'grace_period',
    /duration/,
  ],
  [
    'a duration that is too long',
    `${v}retention: { audit: 99999d }\n`,
    'wrong_value',
    '2:21',
    'retention.audit',
    /ten years/,
  ],
  [
    'an audit trail that forgets at once',
    `${v}retention: { audit: 29d }\n`,
    'wrong_value',
    '2:21',
    'retention.audit',
    /at least 30d/,
  ],
  [
    'no catch-up at all',
    `${v}schedule: { catchup_window: 0s }\n`,
    'wrong_value',
    '2:29',
    'schedule.catchup_window',
    /longer than 0/,
  ],
  [
    'a share above 1',
    `${v}scan: { max_unknown: 1.5 }\n`,
    'wrong_value',
    '2:22',
    'scan.max_unknown',
    /0 to 1/,
  ],
  [
    'a share below 0',
    `${v}scan: { max_drop: -0.1 }\n`,
    'wrong_value',
    '2:19',
    'scan.max_drop',
    /0 to 1/,
  ],
  [
    'a value that is not a number',
    `${v}scan: { max_drop: .nan }\n`,
    'wrong_value',
    '2:19',
    'scan.max_drop',
    /0 to 1/,
  ],
  [
    'no quota at all',
    `${v}quota: { share: 0 }\n`,
    'wrong_value',
    '2:17',
    'quota.share',
    /more than 0 and at most 1/,
  ],
  [
    'a batch size out of range',
    `${v}scan: { batch: 201 }\n`,
    'wrong_value',
    '2:16',
    'scan.batch',
    /1 to 200/,
  ],
  [
    'a batch size that is a word',
    `${v}scan: { batch: all }\n`,
    'wrong_value',
    '2:16',
    'scan.batch',
    /auto/,
  ],
  [
    'a delta scan that may not read the log',
    `${v}scan: { mode: delta }\n`,
    'contradiction',
    '2:9',
    'scan.mode',
    /Add logs:read to connectors\.okta\.operations/,
  ],
  [
    'a delta scan whose operations lack the log',
    `${v}scan: { mode: delta }\nconnectors: { okta: { operations: ['users:*'] } }\n`,
    'contradiction',
    '3:23',
    'connectors.okta.operations',
    /Add logs:read to connectors\.okta\.operations/,
  ],
  [
    'an incomplete window',
    `${v}scan: { window: 1.5 }\n`,
    'wrong_value',
    '2:17',
    'scan.window',
    /whole number/,
  ],
  [
    'a cron line with too few fields',
    `${v}schedule: { cron: "8 * * MON" }\n`,
    'wrong_value',
    '2:19',
    'schedule.cron',
    /five fields/,
  ],
  [
    'an invalid cron day',
    `${v}schedule: { cron: "0 8 * * FUN" }\n`,
    'wrong_value',
    '2:19',
    'schedule.cron',
    /MON/,
  ],
  [
    'an invalid cron hour',
    `${v}schedule: { cron: "0 24 * * *" }\n`,
    'wrong_value',
    '2:19',
    'schedule.cron',
    /cron/,
  ],
  [
    'an unknown time zone',
    `${v}schedule: { timezone: Europe/Atlantis }\n`,
    'wrong_value',
    '2:23',
    'schedule.timezone',
    /IANA/,
  ],
  [
    'cron and calendar',
    `${v}schedule:\n  cron: "0 8 * * *"\n  calendar: [{ hour: 8 }]\n`,
    'contradiction',
    '4:3',
    'schedule.calendar',
    /Remove one/,
  ],
  [
    'a sink without a place',
    `${v}audit: { sink: { required: true } }\n`,
    'contradiction',
    '2:10',
    'audit.sink',
    /Add file: or s3:/,
  ],
  [
    'a sink with two places',
    `${v}audit: { sink: { file: a, s3: { bucket: arx-trail } } }\n`,
    'contradiction',
    '2:10',
    'audit.sink',
    /Remove one/,
  ],
  [
    'a sink over plain http',
    `${v}audit: { sink: { s3: { bucket: arx-trail, endpoint: 'http://s3.example.com' } } }\n`,
    'wrong_value',
    '2:53',
    'audit.sink.s3.endpoint',
    /loopback/,
  ],
  [
    'an invalid calendar hour',
    `${v}schedule: { calendar: [{ hour: 25 }] }\n`,
    'wrong_value',
    '2:32',
    'schedule.calendar.0.hour',
    /0 to 23/,
  ],
  [
    'an unknown overlap policy',
    `${v}schedule: { overlap: skipp }\n`,
    'wrong_value',
    '2:22',
    'schedule.overlap',
    /Did you mean skip\?/,
  ],
  [
    'an exemption for both a user and a group',
    `${v}exemptions:\n  - { user: a, group: b, reason: r, owner: o, until: 2027-01-31 }\n`,
    'contradiction',
    '3:5',
    'exemptions.0',
    /separate entry for each/,
  ],
  [
    'an exemption without a user or group',
    `${v}exemptions: [{ reason: r, owner: o, until: 2027-01-31 }]\n`,
    'contradiction',
    '2:14',
    'exemptions.0',
    /Add user: or group:/,
  ],
  [
    'an exemption without owner',
    `${v}exemptions: [{ user: a, reason: r, until: 2027-01-31 }]\n`,
    'missing_key',
    '2:14',
    'exemptions.0.owner',
    /owner/,
  ],
  [
    'an exemption without end',
    `${v}exemptions: [{ user: a, reason: r, owner: o, until: never }]\n`,
    'wrong_value',
    '2:53',
    'exemptions.0.until',
    /YYYY-MM-DD/,
  ],
  [
    'a day that does not exist',
    `${v}exemptions: [{ user: a, reason: r, owner: o, until: 2027-02-30 }]\n`,
    'wrong_value',
    '2:53',
    'exemptions.0.until',
    /YYYY-MM-DD/,
  ],
  [
    'an unknown operation',
    `${v}connectors:\n  okta: { operations: ["users:read_factor"] }\n`,
    'unknown_operation',
    '3:24',
    'connectors.okta.operations.0',
    /Did you mean users:read_factors\?/,
  ],
  [
    'an operation of another connector',
    `${v}connectors: { slack: { operations: ["issues:create"] } }\n`,
    'unknown_operation',
    '2:37',
    'connectors.slack.operations.0',
    /chat:write/,
  ],
  [
    'an unknown connector',
    `${v}connectors: { ldap: { operations: [] } }\n`,
    'unknown_key',
    '2:15',
    'connectors.ldap',
    /okta, jira, slack/,
  ],
  [
    'a field that arx writes itself',
    `${v}tickets: { fields: { labels: [a] } }\n`,
    'wrong_value',
    '2:30',
    'tickets.fields.labels',
    /labels is set by tickets\.labels/,
  ],
  [
    'no id of a field',
    `${v}tickets: { fields: { "Cost centre": a } }\n`,
    'wrong_value',
    '2:37',
    'tickets.fields.Cost centre',
    /id of a field/,
  ],
  [
    'an unknown placeholder',
    `${v}tickets: { fields: { customfield_1: "{{name}}" } }\n`,
    'wrong_value',
    '2:37',
    'tickets.fields.customfield_1',
    /placeholders|\{\{login\}\}/,
  ],
  [
    'data of a user in the ticket of a scope',
    `${v}tickets: { mode: bulk, close: { comment: "{{login}}" } }\n`,
    'contradiction',
    '2:33',
    'tickets.close.comment',
    /per_user/,
  ],
  [
    'a label with white space',
    `${v}tickets: { labels: ["two words"] }\n`,
    'wrong_value',
    '2:21',
    'tickets.labels.0',
    /white space/,
  ],
  [
    'a wait that is not a duration',
    `${v}tickets: { settle: [30s, soon] }\n`,
    'wrong_value',
    '2:26',
    'tickets.settle.1',
    /duration/,
  ],
  [
    'no wait',
    `${v}tickets: { settle: [] }\n`,
    'wrong_value',
    '2:20',
    'tickets.settle',
    /at least one/,
  ],
  [
    'a channel with white space',
    `${v}slack: { channel: "my channel" }\n`,
    'wrong_value',
    '2:19',
    'slack.channel',
    /#security/,
  ],
  [
    'a quorum of one for CRITICAL',
    `${v}approvals: { critical_quorum: 1 }\n`,
    'wrong_value',
    '2:31',
    'approvals.critical_quorum',
    /2 to 20/,
  ],
  [
    'an approver without a kind',
    `${v}approvals: { default_approvers: [jane] }\n`,
    'wrong_value',
    '2:34',
    'approvals.default_approvers.0',
    /user:LOGIN/,
  ],
  [
    'an unknown guardrail level',
    `${v}guardrails: { okta: { risk_max: HIGH } }\n`,
    'wrong_value',
    '2:33',
    'guardrails.okta.risk_max',
    /Did you mean high\?/,
  ],
  [
    'a token under an unknown key',
    `${v}credentials: { okta: { api_token: ${CANARY} } }\n`,
    'unknown_key',
    '2:24',
    'credentials.okta.api_token',
    /vault/,
  ],
  [
    'a token instead of a word',
    `${v}tickets: { mode: ${CANARY} }\n`,
    'wrong_value',
    '2:18',
    'tickets.mode',
    /per_user/,
  ],
  [
    'a token instead of a section',
    `${v}credentials: ${CANARY}\n`,
    'wrong_value',
    '2:14',
    'credentials',
    /mapping/,
  ],
  ['a token after a syntax error', `${v}a: b: ${CANARY}\n`, 'yaml', '2:4', undefined, /./],
  [
    'rules twice',
    `${v}enrichment: { malice_rules: { rules: [], conditions: [] } }\n`,
    'contradiction',
    '2:15',
    'enrichment.malice_rules',
    /Remove one/,
  ],
  [
    'a rule with an unknown operator',
    `${v}enrichment:\n  malice_rules:\n    rules:\n      - { field: status, operator: equals, value: x, verdict: Benign }\n`,
    'wrong_value',
    '5:36',
    'enrichment.malice_rules.rules.0.operator',
    /eq/,
  ],
  [
    'a rule with an unknown verdict',
    `${v}enrichment: { malice_rules: { rules: [{ field: status, operator: eq, value: x, verdict: Bad }] } }\n`,
    'wrong_value',
    '2:89',
    'enrichment.malice_rules.rules.0.verdict',
    /Malicious/,
  ],
  [
    'a rule without its value',
    `${v}enrichment: { malice_rules: { conditions: [{ field: status, operator: eq, verdict: Benign }] } }\n`,
    'missing_key',
    '2:44',
    'enrichment.malice_rules.conditions.0.value',
    /value/,
  ],
  [
    'a rule with a list instead of one value',
    `${v}enrichment: { malice_rules: { rules: [{ field: status, operator: '>=', value: [1], verdict: Benign }] } }\n`,
    'wrong_value',
    '2:79',
    'enrichment.malice_rules.rules.0.value',
    /a number, or a date/,
  ],
  [
    'a rule with an empty list',
    `${v}enrichment: { malice_rules: { rules: [{ field: status, operator: in, value: [], verdict: Benign }] } }\n`,
    'wrong_value',
    '2:77',
    'enrichment.malice_rules.rules.0.value',
    /a list of values/,
  ],
  [
    'a rule with an invalid field path',
    `${v}enrichment: { malice_rules: { rules: [{ field: 'a..b', operator: exists, verdict: Benign }] } }\n`,
    'wrong_value',
    '2:48',
    'enrichment.malice_rules.rules.0.field',
    /dot path/,
  ],
  [
    'an unknown key in a rule',
    `${v}enrichment: { malice_rules: { rules: [{ feild: status, operator: exists, verdict: Benign }] } }\n`,
    'unknown_key',
    '2:41',
    'enrichment.malice_rules.rules.0.feild',
    /Did you mean field\?/,
  ],
  [
    'a cache time of zero',
    `${v}enrichment: { cache_ttl: 0s }\n`,
    'wrong_value',
    '2:26',
    'enrichment.cache_ttl',
    /longer than 0/,
  ],
];

describe('an invalid arx.yaml', () => {
  it.each(ROWS)('%s', (_, yaml, code, at, path, remedy) => {
    const file = join(directoryWith({ 'arx.yaml': yaml }), 'arx.yaml');
    const error = configErrorOf(() => loadConfig({ path: file, catalogue: CATALOGUE }));
    const { where } = error;
    expect({ code: error.code, at: `${where?.line}:${where?.column}`, path: where?.path }).toEqual({
      code,
      at,
      path,
    });
    expect(where?.file).toBe(file);
    expect(error.remedy).toMatch(remedy);
    expect(textOf(error)).not.toContain(CANARY);
  });

  it.each([
    [
      'grace_period: 30x',
      'grace_period',
      /such as 14d or 30m, or remove the key to use its default\.$/,
    ],
    [
      'schedule: { catchup_window: 10q }',
      'schedule.catchup_window',
      /such as 14d or 30m, or remove the key/,
    ],
    [
      'schedule: { catchup_window: 99999d }',
      'schedule.catchup_window',
      /^Write a duration of at most ten years/,
    ],
    [
      'enrichment: { activity_window: 99999d }',
      'enrichment.activity_window',
      /^Write a duration of at most ten years/,
    ],
    [
      'enrichment: { cache_ttl: 99999d }',
      'enrichment.cache_ttl',
      /^Write a duration of at most ten years/,
    ],
    ['quota: { share: -1 }', 'quota.share', /^Write a share of more than 0 and at most 1/],
  ])('reports one mistake once: %s', (line, path, remedy) => {
    const file = join(directoryWith({ 'arx.yaml': `${v}${line}\n` }), 'arx.yaml');
    const error = configErrorOf(() => loadConfig({ path: file, catalogue: CATALOGUE }));
    expect([error, ...error.others].map(({ where }) => where?.path)).toEqual([path]);
    expect(error.remedy).toMatch(remedy);
  });

  it.each([
    ['a list instead of the file', '- a\n', /^Write a mapping \(key: value\)\.$/],
    ['the version, which has no default', 'version: 2\n', /^(Write [^,]+|Did you mean 1\?)\.?$/],
    ['an entry of a list', `${v}scope: { statuses: [5] }\n`, /^Write (?!.*remove the key)/],
    ['an optional key without a default', `${v}slack: { channel: 5 }\n`, /remove the key/],
  ])('offers a default only if there is one: %s', (_, yaml, remedy) => {
    const file = join(directoryWith({ 'arx.yaml': yaml }), 'arx.yaml');
    expect(configErrorOf(() => loadConfig({ path: file, catalogue: CATALOGUE })).remedy).toMatch(
      remedy,
    );
  });

  it('reports all errors in the order of the file', () => {
    const yaml = `${v}tickets: { mode: x, modee: y }\nscan: { batch: 0 }\n`;
    const file = join(directoryWith({ 'arx.yaml': yaml }), 'arx.yaml');
    const error = configErrorOf(() => loadConfig({ path: file, catalogue: CATALOGUE }));
    expect([error, ...error.others].map(({ where }) => where?.path)).toEqual([
      'tickets.mode',
      'tickets.modee',
      'scan.batch',
    ]);
  });

  it.each([
    ['does not exist', 'nowhere.yaml', 'no_file', /--config/],
    ['is a directory', '.', 'unreadable', /may read it/],
  ])('reports a file that %s', (_, name, code, remedy) => {
    const file = join(directoryWith(), name);
    const error = configErrorOf(() => loadConfig({ path: file, catalogue: CATALOGUE }));
    expect(error).toMatchObject({ code, where: { file } });
    expect(error.remedy).toMatch(remedy);
  });

  it('refuses an alias bomb quickly', () => {
    const bomb = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
    for (let at = 1; at < 10; at += 1)
      bomb.push(
        `a${at}: &a${at} [${Array(9)
          .fill(`*a${at - 1}`)
          .join(', ')}]`,
      );
    const file = join(directoryWith({ 'arx.yaml': `${v}${bomb.join('\n')}\n` }), 'arx.yaml');
    const started = performance.now();
    expect(configErrorOf(() => loadConfig({ path: file, catalogue: CATALOGUE })).code).toBe('yaml');
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
