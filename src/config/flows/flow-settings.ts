import { durationMs } from '../yaml/durations.ts';
import type { ArxConfig } from '../schema/schema.ts';

/**
 * What the configuration says of events; `ownOktaHost` is the host of OKTA_DOMAIN, null where it is
 * not set.
 */
export interface FlowSettings {
  /** Tenants of ours by product. */
  tenants: Readonly<Record<string, readonly string[]>>;
  ownOktaHost: string | null;
  maxEventAgeMs: number;
}

/** Settings of delegated flows from a configuration with its defaults filled in. */
export const flowSettings = (
  { remediation }: ArxConfig,
  ownOktaHost: string | null,
): FlowSettings => ({
  tenants: remediation.tenants,
  ownOktaHost,
  maxEventAgeMs: durationMs(remediation.max_event_age),
});
