import * as wf from '@temporalio/workflow';
import type { EnrichActivities } from '../activities/enrichment/types.ts';
import { parseInput, FORMS } from './support/input.ts';
import type { EnrichAccountInput, EnrichAccountResult } from './messages.ts';

const activities = wf.proxyActivities<EnrichActivities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '10 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '30 seconds' },
});

const INPUT = { account: FORMS.text, inputRef: FORMS.text, refresh: FORMS.flag };

/** Looks up one account. What is found is kept in the store; the result has no personal data. */
export async function enrichAccount(given?: EnrichAccountInput): Promise<EnrichAccountResult> {
  const input = parseInput<EnrichAccountInput>(given, INPUT);
  const { firstExecutionRunId: run } = wf.workflowInfo();
  return activities.enrichOne({ run, input });
}
