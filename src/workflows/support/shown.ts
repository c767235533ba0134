/** What Temporal's UI shows of a workflow beside its history. None of it holds personal data. */
import { defineSearchAttributeKey } from '@temporalio/common';
import * as wf from '@temporalio/workflow';

interface Activity {
  (input: unknown): Promise<unknown>;
  executeWithOptions(options: wf.ActivityOptions, args: [unknown]): Promise<unknown>;
}

/** What one call of each activity does, as one line. */
export type Summaries<Activities> = {
  [Name in keyof Activities]?: Activities[Name] extends (input: infer Input) => Promise<unknown>
    ? (input: Input) => string
    : never;
};

/** Activities whose calls carry a summary into the history. */
export function activitiesWithSummaries<Activities extends object>(
  options: wf.ActivityOptions,
  summaries: Summaries<Activities>,
): wf.ActivityInterfaceFor<Activities> {
  const plain = wf.proxyActivities(options) as unknown as Readonly<Record<string, Activity>>;
  const texts = summaries as Readonly<Record<string, ((input: unknown) => string) | undefined>>;
  return new Proxy({} as wf.ActivityInterfaceFor<Activities>, {
    get: (_, name: string) => {
      const activity = plain[name];
      const text = texts[name];
      if (!activity || !text) return activity;
      return (input: unknown) => activity.executeWithOptions({ summary: text(input) }, [input]);
    },
  });
}

/** Sets search attributes: texts as keywords, numbers as doubles. */
export function setSearchAttributes(values: Readonly<Record<string, string | number>>): void {
  wf.upsertSearchAttributes(
    Object.entries(values).map(([name, value]) =>
      typeof value === 'number'
        ? { key: defineSearchAttributeKey(name, 'DOUBLE'), value }
        : { key: defineSearchAttributeKey(name, 'KEYWORD'), value },
    ),
  );
}
