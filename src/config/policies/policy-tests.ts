/** Reads policy tests: files of cases that policies must decide as expected. */

import { dirname } from 'node:path';
import { z } from 'zod';
import type { FieldValues } from '../../governance/conditions.ts';
import { checkSource } from '../yaml/check-source.ts';
import { list, text, whole, word } from '../schema/fields.ts';
import type { FoundFile } from '../yaml/files.ts';
import { firstOf, readConfigFile } from '../yaml/load.ts';
import { parseYaml } from '../yaml/yaml-source.ts';

const EFFECTS = ['allow', 'auto', 'approval', 'deny'] as const;
const CODES = [
  'granted',
  'fail_closed',
  'explicit_deny',
  'guardrail',
  'default_deny',
  'risk_ceiling',
] as const;

const expectation = z.strictObject({
  effect: word(EFFECTS).optional(),
  code: word(CODES).optional(),
  policy: text('the name of a policy that determines the decision').optional(),
});

const testCase = z.strictObject({
  as: text('a principal such as user:jane@example.com').prefault('user:anonymous'),
  operation: text('an operation such as okta:users:read, or a glob such as okta:users:*'),
  args: z.record(z.string(), z.json(), { error: 'a mapping of parameters' }).optional(),
  facts: z
    .record(z.string(), z.json(), { error: 'a mapping of fields of conditions' })
    .prefault({}),
  raised_by: whole(0, 3).prefault(0),
  expect: z.union([word(EFFECTS), expectation.refine((given) => Object.keys(given).length > 0)], {
    error: `one of ${EFFECTS.join(', ')}, or a mapping with effect, code or policy`,
  }),
});

const testFile = z.strictObject(
  {
    policies: list(text('a policy file, directory or glob'), 'a list of policy files')
      .min(1)
      .prefault(['../*.yaml']),
    cases: z.array(testCase, { error: 'a list of cases' }).min(1, { error: 'at least one case' }),
  },
  { error: 'a mapping with cases' },
);

/** One case of a policy test: a request, and the decision that is expected. */
export interface PolicyCase {
  as: string;
  /** An operation or a glob; every operation that it matches is tested. */
  operation: string;
  args: Record<string, unknown> | null;
  /** What is known about the target, by field of conditions. */
  facts: FieldValues;
  raisedBy: number;
  expect: z.output<typeof expectation>;
  file: string;
  line: number;
}

/** A policy test: the policies under test, and the cases. */
interface PolicyTest {
  file: string;
  /** Patterns, relative to `baseDir`. */
  policies: string[];
  baseDir: string;
  cases: PolicyCase[];
}

/** Reads a policy test. Throws ConfigError with the place of the error. */
export function readPolicyTest({ path, shown }: FoundFile): PolicyTest {
  const source = parseYaml(readConfigFile(path, shown), shown);
  const checked = checkSource(testFile, source);
  if (!checked.ok) throw firstOf(checked.errors);
  const { policies, cases } = checked.value;
  return {
    file: shown,
    policies,
    baseDir: dirname(path),
    cases: cases.map(({ raised_by: raisedBy, args = null, expect, ...one }, at) => ({
      ...one,
      args,
      raisedBy,
      expect: typeof expect === 'string' ? { effect: expect } : expect,
      file: shown,
      line: source.keyPlace(['cases', at]).line ?? 1,
    })),
  };
}
