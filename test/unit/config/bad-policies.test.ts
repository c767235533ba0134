import { describe, expect, it } from 'vitest';
import { loadPolicies, policyBundle, readPolicies } from '../../../src/config/policies/policies.ts';
import { CATALOGUE, OPERATIONS } from '../../../src/governance/catalogue.ts';
import { bundleDigest } from '../../../src/governance/digest.ts';
import { evaluate } from '../../../src/governance/evaluate.ts';
import { configErrorOf, directoryWith, textOf } from '../../support/config.ts';

const CANARY = 'canary-00aBcDeFsEcReT';
const optionsOf = (files: Record<string, string>, patterns = ['policies/*.yaml']) => ({
  patterns,
  baseDir: directoryWith(files),
  catalogue: CATALOGUE,
  digest: bundleDigest,
});

const head = '- name: a\n  connector: okta\n';
/** The mistake, the file, and the expected code, line:column, path and remedy. */
type Row = [
  what: string,
  yaml: string,
  code: string,
  at: string,
  path: string | undefined,
  remedy: RegExp,
];
const ROWS: Row[] = [
  ['an empty file', '', 'wrong_value', '1:1', '', /list of policies/],
  ['a mapping', 'name: a\n', 'wrong_value', '1:1', '', /list of policies/],
  ['invalid YAML', '- name: [\n', 'yaml', '2:1', undefined, /./],
  [
    'no name',
    '- connector: okta\n  deny: ["users:read"]\n',
    'missing_key',
    '1:3',
    '0.name',
    /Add 0\.name/,
  ],
  [
    'no connector',
    '- name: a\n  deny: ["users:read"]\n',
    'missing_key',
    '1:3',
    '0.connector',
    /connector/,
  ],
  [
    'an unknown key',
    `${head}  operation: ["users:read"]\n`,
    'unknown_key',
    '3:3',
    '0.operation',
    /Did you mean operations\?/,
  ],
  [
    'a glob for a list',
    `${head}  operations: "users:*"\n`,
    'wrong_value',
    '3:15',
    '0.operations',
    /operation/,
  ],
  [
    'no operation',
    `${head}  operations: []\n`,
    'wrong_value',
    '3:15',
    '0.operations',
    /at least one/,
  ],
  ['no statement', head, 'missing_key', '1:3', '0', /operations: or deny:/],
  [
    'no principal',
    `${head}  deny: ["users:*"]\n  principals: []\n`,
    'wrong_value',
    '4:15',
    '0.principals',
    /at least one/,
  ],
  [
    'an unknown risk',
    `${head}  operations: ["users:*"]\n  risk_max: hihg\n`,
    'wrong_value',
    '4:13',
    '0.risk_max',
    /Did you mean high\?/,
  ],
  [
    'an unknown ceiling',
    `${head}  operations: ["users:*"]\n  ceiling: none\n`,
    'wrong_value',
    '4:12',
    '0.ceiling',
    /cap, escalate/,
  ],
  [
    'an unknown approval',
    `${head}  operations: ["users:*"]\n  approval: maybe\n`,
    'wrong_value',
    '4:13',
    '0.approval',
    /none, auto, hitl/,
  ],
  [
    'an unknown level',
    `${head}  operations: ["users:*"]\n  approval: { medum: auto }\n`,
    'unknown_key',
    '4:15',
    '0.approval.medum',
    /Did you mean medium\?/,
  ],
  [
    'high: auto within reach',
    `${head}  operations: ["users:*"]\n  risk_max: high\n  approval: { high: auto }\n`,
    'unattended_risk',
    '5:21',
    '0.approval.high',
    /Write hitl for high/,
  ],
  [
    'critical: none within reach',
    `${head}  operations: ["users:*"]\n  risk_max: critical\n  approval: { critical: none }\n`,
    'unattended_risk',
    '5:25',
    '0.approval.critical',
    /Write hitl for critical/,
  ],
  [
    'critical: auto above an escalating ceiling',
    `${head}  operations: ["users:*"]\n  risk_max: low\n  ceiling: escalate\n  approval: { critical: auto }\n`,
    'unattended_risk',
    '6:25',
    '0.approval.critical',
    /lower risk_max/,
  ],
  [
    'one word that reaches high',
    `${head}  operations: ["users:*"]\n  risk_max: high\n  approval: auto\n`,
    'unattended_risk',
    '5:13',
    '0.approval',
    /Write hitl/,
  ],
  [
    'an unknown connector',
    '- name: a\n  connector: otka\n  deny: ["users:*"]\n',
    'unknown_connector',
    '2:14',
    '0.connector',
    /Did you mean okta\?/,
  ],
  [
    'a name twice',
    `${head}  deny: ["users:*"]\n${head}  deny: ["groups:*"]\n`,
    'duplicate_policy',
    '4:9',
    '1.name',
    /Rename one/,
  ],
  [
    'an approver without a kind',
    `${head}  operations: ["users:*"]\n  approvers: { any_of: [jane] }\n`,
    'wrong_value',
    '4:25',
    '0.approvers.any_of.0',
    /user:LOGIN/,
  ],
  [
    'a quorum of zero',
    `${head}  operations: ["users:*"]\n  approvers: { any_of: ["user:a"], count: 0 }\n`,
    'wrong_value',
    '4:43',
    '0.approvers.count',
    /1 to 20/,
  ],
  [
    'a deadline that is not a duration',
    `${head}  operations: ["users:*"]\n  approvers: { any_of: ["user:a"], expires_in: soon }\n`,
    'wrong_value',
    '4:48',
    '0.approvers.expires_in',
    /duration/,
  ],
  [
    'a secret instead of a risk',
    `${head}  deny: ["users:*"]\n  risk_max: ${CANARY}\n`,
    'wrong_value',
    '4:13',
    '0.risk_max',
    /low, medium/,
  ],
];

describe('invalid policies', () => {
  it.each(ROWS)('%s', (_, yaml, code, at, path, remedy) => {
    const options = optionsOf({ 'policies/p.yaml': yaml });
    const error = configErrorOf(() => loadPolicies(options));
    const { where } = error;
    expect({ code: error.code, at: `${where?.line}:${where?.column}`, path: where?.path }).toEqual({
      code,
      at,
      path,
    });
    expect(where?.file).toBe('policies/p.yaml');
    expect(error.remedy).toMatch(remedy);
    expect(textOf(error)).not.toContain(CANARY);
  });

  it('names the other file for a repeated policy name', () => {
    const one = `${head}  deny: ["users:*"]\n`;
    const error = configErrorOf(() =>
      loadPolicies(optionsOf({ 'policies/a.yaml': one, 'policies/b.yaml': one })),
    );
    expect(error).toMatchObject({
      code: 'duplicate_policy',
      where: { file: 'policies/b.yaml', line: 1 },
    });
    expect(error.message).toContain('policies/a.yaml:1');
  });

  it('reports all errors of all files, and loads the valid policies', () => {
    const files = {
      'policies/a.yaml': '- 1\n',
      'policies/b.yaml': `${head}  deny: ["users:*"]\n`,
      'policies/c.yaml': 'x',
    };
    const { policies, errors, files: looked } = readPolicies(optionsOf(files));
    expect(policies.map(({ name }) => name)).toEqual(['a']);
    expect(errors.map(({ where }) => where?.file)).toEqual(['policies/a.yaml', 'policies/c.yaml']);
    expect(looked).toHaveLength(3);
  });

  it('reports a configured file or directory that does not exist', () => {
    const error = configErrorOf(() => loadPolicies(optionsOf({}, ['mine/policy.yaml'])));
    expect(error).toMatchObject({ code: 'no_file', where: { file: 'mine/policy.yaml' } });
  });

  it('make a bundle that denies everything and states why', () => {
    const broken = policyBundle(optionsOf({ 'policies/p.yaml': `${head}  risk_max: high\n` }));
    expect(broken).toMatchObject({ ok: false, digest: null });
    const request = { connector: 'okta', operation: 'users:read', principal: 'user:jane' };
    const decision = evaluate(request, broken, { riskMax: {} }, OPERATIONS);
    expect(decision).toMatchObject({ effect: 'deny', code: 'fail_closed', bundleDigest: null });
    expect(decision.hints.join()).toContain('policies/p.yaml:1');
  });
});
