import { PassThrough } from 'node:stream';
import type { Approval } from '../../../../src/governance/approval.ts';
import type { ActionRecord } from '../../../../src/store/governance-types.ts';
import { createIo } from '../../../../src/cli/kit/io.ts';
import type { Io } from '../../../../src/cli/kit/io.ts';

export const AT = '2026-11-22T08:00:00.000Z';
export const DEADLINE = '2026-11-22T09:00:00.000Z';
export const PEOPLE = {
  ann: '00u00000000000000001',
  bob: '00u00000000000000002',
  eve: '00u00000000000000003',
} as const;

/** An Io over an environment; `err` gives what was said to the person. */
export function ioOf(env: Record<string, string>): { io: Io; err: () => string } {
  const out = new PassThrough();
  const err = new PassThrough();
  const pieces: string[] = [];
  err.on('data', (piece: Buffer) => pieces.push(piece.toString('utf8')));
  return {
    io: createIo({ out, err, env, signal: new AbortController().signal }),
    err: () => pieces.join(''),
  };
}

/** An approval for which bob and eve are asked; ann asks. */
export const approvalOf = (over: Partial<Approval> = {}): Approval => ({
  state: 'PENDING',
  deadline: Date.parse(DEADLINE),
  grace: 60_000,
  requirements: [
    { policy: 'operators-okta', count: 1, eligible: [PEOPLE.ann, PEOPLE.bob, PEOPLE.eve] },
  ],
  quorum: 1,
  banned: [PEOPLE.ann],
  votes: [],
  ...over,
});

/** A suspension that ann asked for. */
export const recordOf = (over: Partial<ActionRecord> = {}): ActionRecord => ({
  requestId: 'b3f0a2c4-0000-4000-8000-000000000001',
  workflowId: 'governed-operation/2026-11-22T08:00:00.000Z-00112233',
  run: 'run-1',
  connector: 'okta',
  operation: 'users:suspend',
  args: { userId: '00u00000000000000009' },
  argsDigest: 'a'.repeat(64),
  principal: 'user:ann@example.com',
  authenticatedBy: 'key',
  surface: 'cli',
  requesterId: PEOPLE.ann,
  onBehalfOf: null,
  reason: 'left the company',
  risk: 'HIGH',
  target: { kind: 'user', id: '00u00000000000000009' },
  targetFacts: { status: 'ACTIVE' },
  bundleDigest: 'b'.repeat(64),
  obligations: {
    approval: 'hitl',
    approvers: [
      {
        policy: 'operators-okta',
        any_of: ['group:Security Approvers'],
        count: 1,
        hitlChannel: null,
      },
    ],
    expiresInMs: null,
    grantValidForMs: null,
  },
  createdAt: AT,
  state: 'pending',
  approval: approvalOf(),
  outcome: null,
  updatedAt: AT,
  ...over,
});
