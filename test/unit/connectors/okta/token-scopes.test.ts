import { expect } from 'vitest';
import { tokenScope } from '../../../../src/connectors/okta/token-scopes.ts';
import { OKTA_OPERATIONS } from '../../../../src/governance/catalogue-okta.ts';
import { itWithReference, readReference } from '../../../support/reference.ts';

interface Specification {
  paths: Record<string, Record<string, { security?: { oauth2?: string[] }[] }>>;
}
const parts = (path: string): string => path.replace(/\{[^}]+\}/g, '{}');

itWithReference(
  "the scope of every operation is the one in Okta's specification, if it contains the operation",
  () => {
    const { paths } = readReference<Specification>('okta', 'okta-30ops-trimmed.openapi.json');
    const scopes = new Map(
      Object.entries(paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, { security = [] }]) => [
          `${method.toUpperCase()} ${parts(path)}`,
          security.flatMap(({ oauth2 = [] }) => oauth2),
        ]),
      ),
    );
    const requests = OKTA_OPERATIONS.flatMap(
      ({ method, path, wire }) => wire ?? [{ method, path }],
    );
    const known = requests.filter(({ method, path }) => scopes.has(`${method} ${parts(path)}`));
    expect(known.length).toBeGreaterThanOrEqual(30);
    for (const request of known) {
      expect(scopes.get(`${request.method} ${parts(request.path)}`), request.path).toContain(
        tokenScope(request),
      );
    }
  },
);
