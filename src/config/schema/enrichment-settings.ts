import type { MaliceRules } from '../../enrichment/rules.ts';
import { durationMs } from '../yaml/durations.ts';
import type { ArxConfig } from './schema.ts';

/** The enrichment settings of arx.yaml, with durations in milliseconds. */
export interface EnrichmentSettings {
  ttlMs: number;
  negativeTtlMs: number;
  activityMs: number;
  rules: MaliceRules;
}

/** The enrichment settings of a configuration with its defaults filled in. */
export function enrichmentSettings({
  enrichment,
}: Pick<ArxConfig, 'enrichment'>): EnrichmentSettings {
  const {
    cache_ttl: ttl,
    negative_ttl: negative,
    activity_window: activity,
    malice_rules: rules,
  } = enrichment;
  return {
    ttlMs: durationMs(typeof ttl === 'string' ? ttl : ttl.account),
    negativeTtlMs: durationMs(negative),
    activityMs: durationMs(activity),
    rules,
  };
}
