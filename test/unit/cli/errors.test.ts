import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/config/errors.ts';
import {
  ConnectorError,
  InvalidArgumentError,
  PolicyDeniedError,
} from '../../../src/connectors/errors.ts';
import type { ConnectorErrorCode } from '../../../src/connectors/errors.ts';
import type { Decision } from '../../../src/governance/types.ts';
import { errorDocument, failure, toCliError } from '../../../src/cli/kit/errors.ts';

const connectorError = (code: ConnectorErrorCode): ConnectorError =>
  new ConnectorError({
    connector: 'okta',
    operation: 'users:read',
    code,
    status: 401,
    vendorCode: 'E0000011',
    message: 'the token was refused',
    ambiguous: false,
    retryAfterMs: null,
    requestId: null,
  });
const decision: Decision = {
  effect: 'deny',
  code: 'default_deny',
  operation: 'users:suspend',
  risk: 'HIGH',
  determining: [],
  considered: [],
  hints: [],
  bundleDigest: null,
  argsDigest: null,
  obligations: { approval: 'none', approvers: [], expiresInMs: null, grantValidForMs: null },
};

describe('exit codes', () => {
  it.each([
    [new ConfigError('unknown_key', 'x', 'y', { file: 'arx.yaml', line: 2 }), 2, 'unknown_key'],
    [connectorError('unauthenticated'), 4, 'unauthenticated'],
    [connectorError('unavailable'), 1, 'unavailable'],
    [new PolicyDeniedError(decision, 'no'), 5, 'policy_denied'],
    [new InvalidArgumentError('hostile'), 2, 'invalid_argument'],
    [failure('configuration', 'x'), 2, 'configuration'],
    [failure('workflow_failed', 'x'), 1, 'workflow_failed'],
    [new TypeError('x is not a function'), 1, 'internal'],
    ['a string', 1, 'internal'],
  ])('of %s', (thrown, exit, code) => {
    expect(toCliError(thrown)).toMatchObject({ exit, code });
  });
});

it('documents have place and remedy, never a stack', () => {
  const error = new ConfigError(
    'unknown_key',
    'm',
    'r',
    { file: 'arx.yaml', line: 2, column: 1, path: 'x' },
    [new ConfigError('wrong_type', 'm2', 'r2')],
  );
  expect(errorDocument(toCliError(error))).toEqual({
    schema: 'arx.error/v1',
    code: 'unknown_key',
    message: 'm',
    where: { file: 'arx.yaml', line: 2, column: 1, path: 'x' },
    remedy: 'r',
    others: [{ code: 'wrong_type', message: 'm2', remedy: 'r2' }],
  });
});
