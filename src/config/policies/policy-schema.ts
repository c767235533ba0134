import { z } from 'zod';
import { checkComparison, comparison } from '../schema/comparison.ts';
import { list, positiveDuration, text, whole, word } from '../schema/fields.ts';
import { RISK_WORDS } from '../schema/words.ts';

const glob = (kind: string) => text(kind, (value) => /^[^\s\p{Cc}]{1,256}$/u.test(value));
const globs = (item: string, of: string) => list(glob(item), of).min(1, { error: of });

const MODES = ['none', 'auto', 'hitl'] as const;
const mode = word(MODES);
const approval = z.union(
  [
    mode,
    z.strictObject({
      low: mode.optional(),
      medium: mode.optional(),
      high: mode.optional(),
      critical: mode.optional(),
    }),
  ],
  { error: `one of ${MODES.join(', ')}, or a mapping of levels to them` },
);

const approver = text('user:LOGIN or group:NAME', (value) => /^(user|group):\S/u.test(value));
const approvers = z.strictObject({
  any_of: list(approver, 'a list of user:LOGIN or group:NAME').prefault([]),
  count: whole(1, 20).prefault(1),
  expires_in: positiveDuration.optional(),
  grant_valid_for: positiveDuration.optional(),
});

const condition = z
  .strictObject({
    field: text('a field such as group.name, is_admin or args.groupId', (value) =>
      /^[\w.-]{1,256}$/u.test(value),
    ),
    ...comparison,
  })
  .superRefine(checkComparison);

const policySchema = z.strictObject({
  name: text('a name of at most 128 characters', (value) =>
    /^[^\s\p{Cc}][^\p{Cc}]{0,127}$/u.test(value),
  ),
  connector: text('the name of a connector'),
  principals: globs(
    'a principal such as user:jane@example.com, or a glob such as agent:*',
    'at least one principal',
  ).optional(),
  operations: globs(
    'an operation such as users:read, or a glob such as users:*',
    'at least one operation',
  ).optional(),
  deny: globs(
    'an operation such as users:delete, or a glob such as users:*',
    'at least one operation',
  ).optional(),
  when: list(condition, 'a list of conditions: { field, operator, value }')
    .min(1, { error: 'at least one condition' })
    .optional(),
  risk_max: word(RISK_WORDS).optional(),
  ceiling: word(['cap', 'escalate']).prefault('cap'),
  approval: approval.optional(),
  hitl_channel: text('a channel such as #sec-approvals').optional(),
  approvers: approvers.optional(),
});

/** A policy file, which contains a list of policies. */
export const policyFileSchema = z.array(policySchema, { error: 'a list of policies (- name: …)' });
export type StatedPolicy = z.output<typeof policySchema>;
