import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadPolicies } from '../../../src/config/policies/policies.ts';
import { readPolicyTest } from '../../../src/config/policies/policy-tests.ts';
import { CATALOGUE } from '../../../src/governance/catalogue.ts';
import { bundleDigest } from '../../../src/governance/digest.ts';
import { directoryWith } from '../../support/config.ts';
import { REPO } from '../../support/policies.ts';

const page = readFileSync(`${REPO}/docs/policies.md`, 'utf8');
const blocks = [...page.matchAll(/```yaml\n([^]*?)```/g)].map(([, yaml = '']) => yaml);
const lintSource = readFileSync(`${REPO}/src/governance/lint-finding.ts`, 'utf8');

describe('docs/policies.md', () => {
  it('shows policies that load', () => {
    const policies = blocks.filter((yaml) => yaml.startsWith('- name:'));
    const baseDir = directoryWith(
      Object.fromEntries(policies.map((yaml, at) => [`${at}.yaml`, yaml])),
    );
    const bundle = loadPolicies({
      patterns: ['*.yaml'],
      baseDir,
      catalogue: CATALOGUE,
      digest: bundleDigest,
    });
    expect(bundle.policies.map(({ name }) => name)).toEqual([
      'suspend-with-approval',
      'contractors-training',
      'nobody-joins-finance',
      'anonymous-may-comment',
      'no-anonymous-okta',
    ]);
  });

  it('shows a policy test that loads', () => {
    const [yaml = ''] = blocks.filter((one) => one.startsWith('policies:'));
    const folder = directoryWith({ 't.yaml': yaml });
    const { cases, policies } = readPolicyTest({ path: `${folder}/t.yaml`, shown: 't.yaml' });
    expect(policies).toEqual(['../*.yaml']);
    expect(
      cases.map(({ as, raisedBy, expect: wanted, line }) => ({ as, raisedBy, wanted, line })),
    ).toEqual([
      { as: 'agent:soc', raisedBy: 0, wanted: { effect: 'approval' }, line: 3 },
      {
        as: 'user:jane@example.com',
        raisedBy: 1,
        wanted: { effect: 'approval', code: 'granted', policy: 'operators-okta' },
        line: 4,
      },
    ]);
  });

  it('lists every code of the linter', () => {
    const codes = [...(lintSource.match(/LintCode =[^;]*/)?.[0] ?? '').matchAll(/'(\w+)'/g)].map(
      ([, code]) => code,
    );
    const listed = [...page.matchAll(/^\| `(\w+)` +\| (?:error|warning|info)/gm)].map(
      ([, code]) => code,
    );
    expect(codes.length).toBeGreaterThan(5);
    expect(listed.toSorted()).toEqual(codes.toSorted());
  });
});
