import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadFlowConfig } from '../../../src/config/flows/flow-config.ts';
import { OPERATIONS } from '../../../src/governance/catalogue.ts';
import { FLOW_CATALOGUE } from '../../../src/flows/catalogue.ts';
import { OUTCOMES } from '../../../src/flows/outcome.ts';
import { directoryWith } from '../../support/config.ts';
import { REPO } from '../../support/policies.ts';

const page = readFileSync(`${REPO}/docs/flows.md`, 'utf8');
const shipped = loadFlowConfig(REPO, FLOW_CATALOGUE).flows;
const [flow = '', routing = '', sets = ''] = [...page.matchAll(/```yaml\n([^]*?)```/g)].map(
  ([, yaml = '']) => yaml,
);

describe('docs/flows.md', () => {
  it('shows a flow, routes and resource sets that load', () => {
    const group = readFileSync(`${REPO}/flows/okta-add-user-to-a-group.yaml`, 'utf8');
    const files = {
      'flows/a.yaml': flow,
      'flows/b.yaml': group,
      'routing.yaml': routing,
      'resource_sets.yaml': sets,
    };
    const config = loadFlowConfig(directoryWith(files), FLOW_CATALOGUE);
    expect([config.flows.length, config.routes.length, config.sets.length]).toEqual([2, 1, 1]);
  });

  it('lists every shipped flow with its first operation, risk and undo', () => {
    const rows = [
      ...page.matchAll(/^\| ([^|]+?) +\| [\w. ]+? +\| (\w+:\w+:\w+) +\| (\w+) +\| ([\w:]+) +\|$/gm),
    ];
    const told = new Map(rows.map(([, name, ...cells]) => [name, cells]));
    for (const { name, steps, undo } of shipped.filter((one) => one.steps.length > 0)) {
      const operation = steps[0]?.operation ?? '';
      const risk = OPERATIONS.find(
        (row) => `${row.connector}:${row.operation}` === operation,
      )?.risk;
      expect(told.get(name)).toEqual([operation, risk, undo?.[0]?.operation ?? 'nothing']);
    }
    for (const { name } of shipped) expect(page).toContain(`| ${name} `);
  });

  it('lists the outcomes in their order', () => {
    expect(page).toContain(`from best to worst: ${OUTCOMES.join(', ')}.`);
  });
});
