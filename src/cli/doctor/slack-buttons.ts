import { slackSigningSecret } from '../../config/env/vendors.ts';
import { policiesOf } from '../kit/inspect.ts';
import type { Settings } from '../kit/settings.ts';
import { attempt, fail, pass } from './check.ts';
import type { CheckResult } from './check.ts';

const SECRET = 'slack signing secret';
const SCOPES = 'slack button scopes';
/** The format that Slack uses. */
const SHAPE = /^[0-9a-f]{32}$/;
const SET_IT =
  'Set SLACK_SIGNING_SECRET to the signing secret under Basic Information of the Slack app; see docs/server.md.';
const WITHOUT =
  'so buttons in Slack have no effect; `arx approvals approve` and the approvals API still work';

/**
 * Scopes to look up the users who click, and the members of a channel. One scope of each row is
 * needed.
 */
const NEEDED: readonly (readonly string[])[] = [
  ['users:read'],
  ['users:read.email'],
  ['channels:read', 'groups:read'],
];

/**
 * Approvals by buttons in Slack: the signing secret of the server, and the scopes that identify who
 * clicked. Checked if policies name a channel. Only an error if the server is used, because
 * everything else works without them. `scopes`: null if unknown.
 */
export async function* slackButtonChecks(
  settings: Settings,
  scopes: string[] | null,
): AsyncGenerator<CheckResult> {
  const { source } = settings.arx;
  const isUsed = ['SLACK_SIGNING_SECRET', 'ARX_SERVER_ADDRESS'].some((name) => source.find(name));
  if (!isUsed && !namesChannel(settings)) return;
  yield await attempt(SECRET, () => secretCheck(settings, isUsed));
  if (scopes !== null) yield scopesCheck(scopes, isUsed);
}

function secretCheck({ arx }: Settings, isUsed: boolean): CheckResult {
  const secret = slackSigningSecret(arx);
  if (secret === null) return missing(SECRET, `not set, ${WITHOUT}`, { remedy: SET_IT, isUsed });
  if (SHAPE.test(secret.reveal())) return pass(SECRET, 'set');
  return fail(
    SECRET,
    'does not have the format of a signing secret (32 digits of 0-9 and a-f)',
    SET_IT,
  );
}

function scopesCheck(scopes: readonly string[], isUsed: boolean): CheckResult {
  const lacking = NEEDED.filter((row) => !row.some((scope) => scopes.includes(scope))).map((row) =>
    row.join(' or '),
  );
  if (lacking.length === 0)
    return pass(
      SCOPES,
      NEEDED.flat()
        .filter((scope) => scopes.includes(scope))
        .join(', '),
    );
  const remedy = `Add ${lacking.join(', ')} to the bot scopes of the Slack app and install it again.`;
  return missing(SCOPES, `missing: ${lacking.join(', ')}, ${WITHOUT}`, { remedy, isUsed });
}

/** Always reported, but a failure only if it is needed. */
const missing = (
  name: string,
  detail: string,
  { remedy, isUsed }: { remedy: string; isUsed: boolean },
): CheckResult => ({
  ...fail(name, detail, remedy),
  ok: !isUsed,
});

/**
 * Whether a policy sends approvals to a channel. Policies that do not load are reported by another
 * check.
 */
function namesChannel(settings: Settings): boolean {
  try {
    const bundle = policiesOf(settings);
    return bundle.ok && bundle.policies.some(({ hitlChannel }) => hitlChannel !== null);
  } catch {
    return false;
  }
}
