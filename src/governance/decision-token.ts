/** Signed decisions on approval requests. */

import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { sha256 } from '@noble/hashes/sha2.js';
import canonicalize from 'canonicalize';

const SURFACES = ['cli', 'slack', 'console', 'api'] as const;
const PROOFS = ['key', 'cli', 'slack', 'console'] as const;

/** A decision, as stated by the service that authenticated the user. */
export interface DecisionClaim {
  requestId: string;
  argsDigest: string;
  verdict: 'approve' | 'deny';
  decisionId: string;
  /** Okta user id of the user who decided. Names are not part of a claim: it is kept in Temporal. */
  person: string;
  surface: (typeof SURFACES)[number];
  /** How the service authenticated the user. */
  authenticatedBy: (typeof PROOFS)[number];
  /** `reasonDigest` of the reason that the user gave; absent if there is none. */
  reasonDigest?: string;
  /** Time of the decision, milliseconds since the epoch. */
  at: number;
}

/** A key pair as hex; the private key has 32 bytes. */
export interface DecisionKey {
  kid: string;
  privateKey: string;
  publicKey: string;
}

const FORM = /^arx1\.([0-9a-f]{16})\.([0-9a-f]+)\.([0-9a-f]{128})$/;

/** Derives a key pair from 32 random bytes given as hex. */
export function decisionKey(privateKey: string): DecisionKey {
  const publicKey = bytesToHex(ed25519.getPublicKey(hexToBytes(privateKey)));
  return { kid: keyId(publicKey), privateKey, publicKey };
}

/** Id of a public key: the first 16 hex digits of its SHA-256. */
export function keyId(publicKey: string): string {
  return bytesToHex(sha256(hexToBytes(publicKey))).slice(0, 16);
}

/**
 * Signs a claim. The token is plain text without characters that JSON or a shell would have to
 * escape.
 */
export function signDecision(claim: DecisionClaim, key: DecisionKey): string {
  const body = bytesToHex(utf8ToBytes(`${canonicalize(claim)}`));
  const signature = bytesToHex(
    ed25519.sign(bytesToSign(key.kid, body), hexToBytes(key.privateKey)),
  );
  return `arx1.${key.kid}.${body}.${signature}`;
}

/**
 * What a claim holds of the reason: hex SHA-256 over decision and text. The text itself may name
 * people, so it is neither in the token nor in the audit trail.
 */
export function reasonDigest(decisionId: string, reason: string): string {
  return bytesToHex(sha256(utf8ToBytes(`arx-reason-v1\n${decisionId}\n${reason}`)));
}

/** The key id of a token; null if the text is not a token. */
export function kidOf(token: string): string | null {
  return FORM.exec(token)?.[1] ?? null;
}

/** The claim of a token that was signed with this key; null for anything else. */
export function verifyDecision(token: string, publicKey: string): DecisionClaim | null {
  const [, kid = '', body = '', signature = ''] = FORM.exec(token) ?? [];
  if (kid !== keyId(publicKey) || body.length % 2 !== 0) return null;
  try {
    const genuine = ed25519.verify(
      hexToBytes(signature),
      bytesToSign(kid, body),
      hexToBytes(publicKey),
    );
    return genuine ? claimOf(new TextDecoder().decode(hexToBytes(body))) : null;
  } catch {
    return null;
  }
}

function bytesToSign(kid: string, body: string): Uint8Array {
  return utf8ToBytes(`arx-decision-v1\n${kid}\n${body}`);
}

function claimOf(text: string): DecisionClaim | null {
  const claim = JSON.parse(text) as Partial<DecisionClaim>;
  const { requestId, argsDigest, verdict, decisionId, person, at, reasonDigest: reason } = claim;
  const surface = SURFACES.find((one) => one === claim.surface);
  const authenticatedBy = PROOFS.find((one) => one === claim.authenticatedBy);
  const isFormed =
    typeof requestId === 'string' &&
    typeof argsDigest === 'string' &&
    typeof decisionId === 'string' &&
    typeof person === 'string' &&
    typeof at === 'number' &&
    Number.isSafeInteger(at) &&
    (verdict === 'approve' || verdict === 'deny') &&
    (reason === undefined || typeof reason === 'string');
  if (!isFormed || surface === undefined || authenticatedBy === undefined) return null;
  return {
    requestId,
    argsDigest,
    verdict,
    decisionId,
    person,
    surface,
    authenticatedBy,
    at,
    ...(reason !== undefined && { reasonDigest: reason }),
  };
}
