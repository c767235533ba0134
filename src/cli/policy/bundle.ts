/** Loads the policies that a command is about. */

import { loadPolicies } from '../../config/policies/policies.ts';
import { CATALOGUE } from '../../governance/catalogue.ts';
import { bundleDigest } from '../../governance/digest.ts';
import type { PolicyBundle } from '../../governance/types.ts';
import { policiesOf } from '../kit/inspect.ts';
import type { Settings } from '../kit/settings.ts';

/**
 * The policies at a place named on the command line, or else those of arx.yaml. Throws ConfigError
 * with the place of the error.
 */
export const bundleAt = (
  place: string | undefined,
  settings: Settings,
): PolicyBundle & { ok: true } =>
  place === undefined ? policiesOf(settings) : bundleFrom([place], settings.arx.cwd);

/** The policies that match the patterns. Throws ConfigError. */
export const bundleFrom = (
  patterns: readonly string[],
  baseDir: string,
): PolicyBundle & { ok: true } =>
  loadPolicies({ patterns, baseDir, catalogue: CATALOGUE, digest: bundleDigest });
