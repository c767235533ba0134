import type { UserRecord } from '../model.ts';
import type { Answer } from '../../types.ts';
import { METHODS } from './model.ts';
import type { SignIn } from './model.ts';
import type { OpenIdProvider, Pending } from './provider.ts';

const SHOWN = 50;

const STYLE = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { max-width: 24rem; margin: 10vh auto; padding: 0 1rem; }
  h1 { font-size: 1.25rem; }
  label { display: block; margin: 1rem 0 0.25rem; }
  input, select { width: 100%; box-sizing: border-box; padding: 0.5rem; font: inherit; }
  button { margin: 1.5rem 0.5rem 0 0; padding: 0.5rem 1rem; font: inherit; }
  .note { border: 2px solid #b36b00; padding: 0.5rem 0.75rem; }
  .problem { color: light-dark(#a4001d, #ff9aa5); }
`;

interface SignInView {
  id: string;
  about: Pending;
  problem?: string;
}

/** The sign-in page, with the people who may be chosen. */
export function signInPage(provider: OpenIdProvider, view: SignInView): Answer {
  const { id, about, problem } = view;
  return page(
    `Sign in to ${about.client.name}`,
    `${problemLine(problem)}
    <form method="post" action="/login/sign-in">
      <input type="hidden" name="request" value="${escape(id)}">
      ${personFields(provider)}
      <button name="choice" value="continue">Sign in</button>
      <button name="choice" value="cancel" formnovalidate>Cancel</button>
    </form>`,
  );
}

interface ActivationView {
  userCode: string;
  session?: SignIn | null;
  problem?: string;
}

/** The page on which a person confirms a device. */
export function activatePage(provider: OpenIdProvider, view: ActivationView): Answer {
  const { userCode, session, problem } = view;
  const login = session ? provider.person(session.userId)?.profile.login : undefined;
  return page(
    'Activate your device',
    `${problemLine(problem)}
    <form method="post" action="/activate">
      <label for="code">Code shown on the device</label>
      <input id="code" name="user_code" value="${escape(userCode)}" required autocomplete="off">
      ${personFields(provider, login)}
      <button name="choice" value="continue">Confirm</button>
      <button name="choice" value="cancel" formnovalidate>This is not mine</button>
    </form>`,
  );
}

/** A page that says why a request cannot be served. */
export const errorPage = (problem: string): Answer => ({
  ...page('Bad request', problemLine(problem)),
  status: 400,
});

function personFields(provider: OpenIdProvider, login = ''): string {
  const options = people(provider)
    .map(({ profile, roles }) => {
      const title = roles.length > 0 ? ` (${roles.join(', ')})` : '';
      const name = `${String(profile.firstName)} ${String(profile.lastName)}${title}`;
      return `<option value="${escape(profile.login)}">${escape(name)}</option>`;
    })
    .join('');
  const methods = Object.entries(METHODS)
    .toReversed()
    .map(([value, { label }]) => `<option value="${value}">${label}</option>`)
    .join('');
  return `<label for="login">Login</label>
      <input id="login" name="login" list="people" value="${escape(login)}" required autofocus>
      <datalist id="people">${options}</datalist>
      <label for="method">How you sign in</label>
      <select id="method" name="method">${methods}</select>`;
}

/** Some of those who may sign in; administrators first. */
function people({ org }: OpenIdProvider): UserRecord[] {
  const found: UserRecord[] = [];
  for (const user of org.users) {
    if (user.status === 'ACTIVE') found.push(user);
    if (found.length >= 20 * SHOWN) break;
  }
  return found.sort((one, other) => other.roles.length - one.roles.length).slice(0, SHOWN);
}

const page = (title: string, content: string): Answer => ({
  status: 200,
  headers: { 'cache-control': 'no-store' },
  text: `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${escape(title)}</title>
  <style>${STYLE}</style>
</head>
<body>
  <p class="note">This is an emulated Okta organisation. Nobody's password is asked for.</p>
  <h1>${escape(title)}</h1>
  ${content}
</body>
</html>
`,
});

const problemLine = (problem?: string): string =>
  problem === undefined ? '' : `<p class="problem" role="alert">${escape(problem)}</p>`;

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '');
