/** The format of a field of an event. */
export type FieldForm = 'line' | 'text' | 'time' | 'day' | 'us_day';

/**
 * One field of an event: its flat name in `issue.onDemand`, its path in `issue.created`, and its
 * format.
 */
export interface FieldRow {
  flat: string;
  created: string;
  form: FieldForm;
  /** Maximum number of characters. */
  max: number;
  required?: true;
}

/** The 22 fields. Accounts and persons require more of them; see issue-entity.ts. */
// prettier-ignore
export const FIELD_ROWS: readonly FieldRow[] = [
  { flat: 'eventId', created: 'id', form: 'line', max: 200, required: true },
  { flat: 'eventTimestamp', created: 'timestamp', form: 'time', max: 40, required: true },
  { flat: 'eventSource', created: 'source', form: 'line', max: 200, required: true },
  { flat: 'eventType', created: 'type', form: 'line', max: 100, required: true },
  { flat: 'issueId', created: 'eventData.id', form: 'line', max: 300, required: true },
  { flat: 'issueCategory', created: 'eventData.category', form: 'line', max: 200 },
  { flat: 'issueSeverity', created: 'eventData.severity', form: 'line', max: 100 },
  { flat: 'issueTitle', created: 'eventData.title', form: 'line', max: 300, required: true },
  { flat: 'issueFullDescription', created: 'eventData.fullDescription', form: 'text', max: 10_000 },
  { flat: 'issueShortDescription', created: 'eventData.shortDescription', form: 'text', max: 10_000 },
  { flat: 'issueDetectedAt', created: 'eventData.detectedAt', form: 'day', max: 40 },
  { flat: 'issueSuggestedRemediation', created: 'eventData.suggestedRemediation', form: 'text', max: 10_000 },
  { flat: 'issueRiskAndImpact', created: 'eventData.riskAndImpact', form: 'text', max: 10_000 },
  { flat: 'issueLink', created: 'eventData.link', form: 'line', max: 2_000 },
  { flat: 'entityId', created: 'eventData.affectedEntity.id', form: 'line', max: 300 },
  { flat: 'entityIdInService', created: 'eventData.affectedEntity.identifierInService', form: 'line', max: 300 },
  { flat: 'entityType', created: 'eventData.affectedEntity.type', form: 'line', max: 100, required: true },
  { flat: 'entityDisplayName', created: 'eventData.affectedEntity.displayName', form: 'line', max: 300 },
  { flat: 'entitySourceProductName', created: 'eventData.affectedEntity.sourceProductName', form: 'line', max: 200 },
  { flat: 'entitySourceProductTenant', created: 'eventData.affectedEntity.sourceProductTenant', form: 'line', max: 300 },
  { flat: 'additionalDataTypes', created: 'eventData.affectedEntity.additionalData.types', form: 'line', max: 1_000 },
  { flat: 'additionalDataLastLogin', created: 'eventData.affectedEntity.additionalData.lastLogin', form: 'us_day', max: 40 },
];

/** The names of issue fields that flows may use in texts and conditions. */
export const ISSUE_TEXTS: readonly string[] = FIELD_ROWS.map(({ flat }) => flat);
