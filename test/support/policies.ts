import { fileURLToPath } from 'node:url';
import { loadPolicies } from '../../src/config/policies/policies.ts';
import { CATALOGUE } from '../../src/governance/catalogue.ts';
import { bundleDigest } from '../../src/governance/digest.ts';
import type { Policy, PolicyBundle } from '../../src/governance/types.ts';

export const REPO = fileURLToPath(new URL('../..', import.meta.url));

/** Loads policies of the repository by pattern. */
export const bundleOf = (...patterns: string[]): PolicyBundle & { ok: true } =>
  loadPolicies({ patterns, baseDir: REPO, catalogue: CATALOGUE, digest: bundleDigest });

/** A bundle of given policies. */
export const bundle = (...policies: Policy[]): PolicyBundle & { ok: true } => ({
  ok: true,
  policies,
  digest: bundleDigest(policies),
});

/** A policy with defaults for the fields that do not matter to a test. */
export const policy = (given: Partial<Policy> & { name: string }): Policy => ({
  connector: 'okta',
  principals: [],
  operations: [],
  deny: [],
  riskMax: 'LOW',
  ceiling: 'cap',
  approval: {},
  hitlChannel: null,
  approvers: null,
  place: { file: 'test.yaml', line: 1 },
  places: {},
  ...given,
});
