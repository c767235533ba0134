import { hash } from 'node:crypto';
import type { HashLeaf } from '../../audit/canonical.ts';

/** `leafHash` of `audit` with the platform's SHA-256, which takes a tenth of the time. */
export const nativeLeafHash: HashLeaf = (leaf) => hash('sha256', `\0${leaf}`, 'hex');
