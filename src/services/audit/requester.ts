import type { AuditDraft, JsonObject } from '../../audit/types.ts';

/** Who requests something, as recorded: people by their Okta id, never by name. */
export interface Requester {
  principal: string;
  authenticatedBy: AuditDraft['actor']['authenticatedBy'];
  surface: AuditDraft['surface'];
  /** Name of the access key; null without one. */
  key: string | null;
}

/** The entry for a request, recorded before it is carried out. */
export function draftOfRequest(
  { key, surface, ...actor }: Requester,
  request: {
    kind: AuditDraft['kind'];
    workflowId: string;
    /** The run, or the id of the request if there is none yet. */
    run: string;
    subject: string;
    at: Date;
    outcome: JsonObject;
  },
): AuditDraft {
  const { at, outcome, ...about } = request;
  return { ...about, at: at.toISOString(), actor, surface, outcome: { ...outcome, key } };
}
