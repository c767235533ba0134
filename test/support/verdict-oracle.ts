/**
 * An independent reading of the specification's table of verdicts, for comparison with the product:
 * written as one decision list over plain sets, sharing no code with src/mfa.
 */
export interface OracleFactor {
  type: string;
  status: string | null;
}

export interface OracleUser {
  reading: 'read' | 'vanished' | 'unreadable';
  factors: OracleFactor[];
  allowed: string[];
  exempt: boolean;
  inGrace: boolean;
}

const KNOWN_TYPES =
  'call email push question signed_nonce sms token token:hardware token:hotp token:software:totp u2f web webauthn';
const KNOWN_STATUSES = 'ACTIVE DISABLED ENROLLED EXPIRED INACTIVE NOT_SETUP PENDING_ACTIVATION';

export function oracle(user: OracleUser): string {
  const types = new Set(KNOWN_TYPES.split(' '));
  const statuses = new Set(KNOWN_STATUSES.split(' '));
  const some = (test: (factor: OracleFactor) => boolean): boolean => user.factors.some(test);
  const allowed = (type: string): boolean => user.allowed.includes(type);
  const rules: [boolean, string][] = [
    [user.reading === 'vanished', 'vanished'],
    [user.reading === 'unreadable', 'unknown'],
    [some(({ type, status }) => status === 'ACTIVE' && allowed(type)), 'compliant'],
    [user.exempt, 'exempt'],
    [user.inGrace, 'in_grace'],
    [some(({ type, status }) => status === 'ACTIVE' && !types.has(type)), 'unknown'],
    [some(({ type, status }) => status === 'ENROLLED' && allowed(type)), 'unknown'],
    [
      some(({ type, status }) => !statuses.has(`${status}`) && (allowed(type) || !types.has(type))),
      'unknown',
    ],
    [some(({ status }) => status === 'ACTIVE'), 'weak_only'],
    [
      some(({ status }) => status === 'PENDING_ACTIVATION' || status === 'NOT_SETUP'),
      'pending_only',
    ],
    [true, 'none'],
  ];
  return rules.find(([holds]) => holds)?.[1] ?? 'none';
}
