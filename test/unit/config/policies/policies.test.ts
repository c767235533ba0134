import { describe, expect, it } from 'vitest';
import { loadPolicies } from '../../../../src/config/policies/policies.ts';
import { CATALOGUE } from '../../../../src/governance/catalogue.ts';
import { bundleDigest } from '../../../../src/governance/digest.ts';
import { directoryWith } from '../../../support/config.ts';

const FULL = `# a comment
- name: syntax-example
  connector: okta
  principals: ["agent:*"]
  operations:
    - "users:*"
    - "groups:read"
  deny: ["users:clear_sessions"]
  risk_max: high
  approval: { medium: auto, high: hitl, critical: hitl }
  hitl_channel: "#sec-approvals"
  approvers: { any_of: ["group:Security Approvers"], count: 1, expires_in: 1h, grant_valid_for: 15m }
`;
const small = (name: string): string =>
  `- { name: ${name}, connector: okta, deny: ["users:delete"] }\n`;
const load = (files: Record<string, string>, patterns: string[]) => {
  const baseDir = directoryWith(files);
  return loadPolicies({ patterns, baseDir, catalogue: CATALOGUE, digest: bundleDigest });
};

describe('loadPolicies', () => {
  it('loads the shipped policies if the default folder does not exist, and none if it is empty', () => {
    const shipped = load({ 'arx.yaml': 'version: 1' }, ['policies/*.yaml']);
    expect(shipped.policies.map(({ name }) => name)).toContain('mfa-enforcement-check-okta');
    expect(shipped.policies[0]?.place.file).toMatch(/^policies\//);
    expect(load({ 'policies/note.txt': '' }, ['policies/*.yaml']).policies).toEqual([]);
    expect(load({ 'arx.yaml': 'version: 1' }, ['own/*.yaml']).policies).toEqual([]);
  });

  it('reads a policy with the position of each entry', () => {
    const [policy] = load({ 'p/x.yaml': FULL }, ['p/*.yaml']).policies;
    expect(policy).toMatchObject({
      name: 'syntax-example',
      principals: ['agent:*'],
      operations: ['users:*', 'groups:read'],
      deny: ['users:clear_sessions'],
      riskMax: 'HIGH',
      ceiling: 'cap',
      approval: { MEDIUM: 'auto', HIGH: 'hitl', CRITICAL: 'hitl' },
      hitlChannel: '#sec-approvals',
      approvers: {
        any_of: ['group:Security Approvers'],
        count: 1,
        expiresInMs: 3_600_000,
        grantValidForMs: 900_000,
      },
      place: { file: 'p/x.yaml', line: 2, column: 3 },
    });
    expect(policy?.places).toMatchObject({
      'operations.1': { file: 'p/x.yaml', line: 7, column: 7 },
      'deny.0': { line: 8, column: 10 },
      risk_max: { line: 9, column: 3 },
      'approval.critical': { line: 10, column: 41 },
    });
  });

  it('fills in defaults, and applies a single word to the levels up to risk_max only', () => {
    const yaml = `- { name: a, connector: okta, operations: ["users:read"] }\n- { name: b, connector: okta, operations: ["users:*"], risk_max: medium, approval: auto }\n`;
    const [a, b] = load({ 'x.yaml': yaml }, ['x.yaml']).policies;
    expect(a).toMatchObject({
      principals: [],
      deny: [],
      riskMax: 'LOW',
      ceiling: 'cap',
      approval: {},
      approvers: null,
      hitlChannel: null,
    });
    expect(b?.approval).toEqual({ LOW: 'auto', MEDIUM: 'auto' });
  });

  it('leaves unreachable levels to the linter', () => {
    const yaml = `- { name: a, connector: okta, operations: ["users:*"], risk_max: medium, approval: { high: auto } }\n`;
    expect(load({ 'x.yaml': yaml }, ['x.yaml']).policies).toHaveLength(1);
  });

  it('finds files by glob, name and directory, each once, without hidden or nested files', () => {
    const files = {
      'policies/a.yaml': small('a'),
      'policies/b.yml': small('b'),
      'policies/.c.yaml': small('c'),
      'policies/examples/d.yaml': small('d'),
      'more/e.yaml': small('e'),
    };
    const names = (...patterns: string[]): string[] =>
      load(files, patterns).policies.map(({ name }) => name);
    expect(names('policies/*.yaml')).toEqual(['a']);
    expect(names('policies')).toEqual(['a', 'b']);
    expect(names('./policies/*.y*ml', 'policies/a.yaml')).toEqual(['a', 'b']);
    expect(names('*/e.yaml', 'policies/examples/')).toEqual(['e', 'd']);
    expect(names('nothing/*.yaml')).toEqual([]);
  });

  it('has a digest that does not depend on file names or the order within files', () => {
    const digest = (files: Record<string, string>): string => load(files, ['*.yaml']).digest;
    const once = digest({ 'a.yaml': small('a'), 'b.yaml': small('b') });
    expect(digest({ 'z.yaml': `# moved\n${small('b')}${small('a')}` })).toBe(once);
    expect(digest({ 'a.yaml': small('a') })).not.toBe(once);
  });
});
