import { durationMs } from '../yaml/durations.ts';
import type { ArxConfig } from '../schema/schema.ts';

/** Settings of delegated flows. `ownOktaHost` is the host of OKTA_DOMAIN; null if it is not set. */
interface FlowSettings {
  /** The organisation's own tenants, by product. */
  tenants: Readonly<Record<string, readonly string[]>>;
  ownOktaHost: string | null;
  maxEventAgeMs: number;
}

/** The settings of delegated flows from a configuration with its defaults filled in. */
export const flowSettings = (
  { remediation }: ArxConfig,
  ownOktaHost: string | null,
): FlowSettings => ({
  tenants: remediation.tenants,
  ownOktaHost,
  maxEventAgeMs: durationMs(remediation.max_event_age),
});
