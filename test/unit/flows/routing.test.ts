import { describe, expect, it } from 'vitest';
import { routeFor, routeOf } from '../../../src/flows/routing.ts';
import { comparable } from '../../../src/flows/comparable.ts';
import type { Route } from '../../../src/flows/types.ts';
import { shippedConfig } from './shipped.ts';
import { issueWith } from './events.ts';

const { routes, flows } = shippedConfig();
const cases = routes.flatMap((route) =>
  route.titles.map((title) => [route.product, title, route.flow] as const),
);

// The routing table as in Okta's documentation of the templates: product, start of the title, flow.
const DOCUMENTED: readonly (readonly [string, RegExp, string])[] = [
  ['Okta', /^Unused/, 'Suspend Okta Account'],
  ['Okta', /MFA/, 'Okta: Add User to a Group'],
  ['Okta', /^Old Password/, 'Okta: Reset User Password Upon Next Login'],
  ['AAD', /^Unused/, 'Disable Entra ID Account'],
  ['AAD', /MFA/, 'Entra ID: Add User to a Group'],
  ['Salesforce.com', /^Unused/, 'Deactivate Salesforce User'],
  ['Google Workspace', /^Unused/, 'Suspend Google Workspace User'],
];

describe('the included routing table', () => {
  it('has 32 titles, each with an enabled flow for its product', () => {
    expect(cases).toHaveLength(32);
    for (const [product, title, name] of cases) {
      const [, , documented] =
        DOCUMENTED.find(([of, words]) => of === product && words.test(title)) ?? [];
      expect(name).toBe(documented);
      expect(flows.find((flow) => flow.name === name)).toMatchObject({
        enabled: true,
        product,
        kind: 'acts',
      });
    }
  });

  it.each(cases)(
    'finds for %s and %j the flow %j, however it is written',
    (product, title, flow) => {
      const spellings = [
        title,
        ` ${title.toUpperCase()}  `,
        title.replaceAll(' ', '\u00a0 '),
        wide(title.toLowerCase()),
      ];
      for (const spelled of spellings) {
        const issue = issueWith({
          issueTitle: spelled,
          entitySourceProductName: product.toUpperCase(),
        });
        expect(routeOf(issue, routes)?.flow).toBe(flow);
      }
      for (const other of [`${title}s`, `x ${title}`, title.slice(1), title.replace(' ', '')])
        expect(routeFor({ product, title: other }, routes)).toBeNull();
    },
  );

  it('has no route for other products, persons and OAuth grants', () => {
    const title = 'Unused Admin Account';
    expect(routeOf(issueWith({ entitySourceProductName: 'AWS' }), routes)).toBeNull();
    expect(routeOf(issueWith({ entityType: 'OAuth grant' }), routes)).toBeNull();
    const account = { id: '1', sourceProductName: 'Okta', sourceProductTenant: 'a' };
    expect(
      routeOf(issueWith({ entityType: 'Person', additionalDataActiveAccounts: [account] }), routes),
    ).toBeNull();
    expect(routeFor({ product: 'Okta', title }, [])).toBeNull();
  });

  it('uses the first of two rows', () => {
    const row = (flow: string): Route => ({
      product: 'okta',
      titles: ['STRASSE'],
      flow,
      inputs: {},
    });
    expect(routeFor({ product: 'Okta', title: 'Straße' }, [row('a'), row('b')])?.flow).toBe('a');
  });
});

describe('comparable', () => {
  it('is idempotent', () => {
    for (const text of ['Straße', 'ΣΑΣ', 'ﬁ', 'İ', ' a\t b\u3000'])
      expect(comparable(comparable(text))).toBe(comparable(text));
    expect(comparable('σας')).toBe(comparable('ΣΑΣ'));
  });
});

const wide = (text: string): string =>
  text.replace(/[!-~]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0));
