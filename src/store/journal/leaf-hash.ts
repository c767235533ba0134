import { hash } from 'node:crypto';
import type { HashLeaf } from '../../audit/canonical.ts';

/** `leafHash` of the audit room by the platform's own SHA-256: a tenth of the time. */
export const nativeLeafHash: HashLeaf = (leaf) => hash('sha256', `\0${leaf}`, 'hex');
