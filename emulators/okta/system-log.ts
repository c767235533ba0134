import { randomUUID } from 'node:crypto';
import type { Json } from '../types.ts';

/** An actor or target of an event. */
export interface LogParty {
  id: string;
  type: string;
  alternateId: string;
  displayName: string;
}

/** An event to add; absent fields have defaults. */
export interface NewLogEvent {
  eventType: string;
  published?: string;
  displayMessage?: string;
  severity?: string;
  outcome?: { result: string; reason?: string | null };
  actor?: LogParty;
  targets?: readonly LogParty[];
  ipAddress?: string | null;
  /**
   * Parts in Okta's format that override the usual ones: securityContext, authenticationContext,
   * debugContext.
   */
  more?: Json;
  /** Returned instead of the whole entry, for example a malformed one. */
  raw?: unknown;
}

/** One event of the System Log in Okta's format. */
export interface LogEvent {
  uuid: string;
  published: string;
  eventType: string;
  severity: string;
  displayMessage: string;
  outcome: { result: string; reason: string | null };
  actor: LogParty;
  target: readonly LogParty[];
  client: Json;
  more?: Json;
  raw?: unknown;
}

const SYSTEM: LogParty = {
  id: '00uSystemAccount0000',
  type: 'User',
  alternateId: 'system@emulated.example',
  displayName: 'API token of arx',
};

/** The System Log: events in the order they were published. */
export class SystemLog {
  readonly events: LogEvent[] = [];

  add(wanted: NewLogEvent): LogEvent {
    const event: LogEvent = {
      uuid: randomUUID(),
      published: wanted.published ?? new Date().toISOString(),
      eventType: wanted.eventType,
      severity: wanted.severity ?? 'INFO',
      displayMessage: wanted.displayMessage ?? wanted.eventType,
      outcome: {
        result: wanted.outcome?.result ?? 'SUCCESS',
        reason: wanted.outcome?.reason ?? null,
      },
      actor: wanted.actor ?? SYSTEM,
      target: wanted.targets ?? [],
      client: {
        ipAddress: wanted.ipAddress ?? '198.51.100.7',
        geographicalContext: { country: 'Netherlands' },
      },
      ...(wanted.more && { more: wanted.more }),
      ...('raw' in wanted && { raw: wanted.raw }),
    };
    this.events.push(event);
    return event;
  }
}
