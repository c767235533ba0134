/**
 * One environment variable. Documentation, .env.example and the compose file's test derive from
 * these rows.
 */
export interface Variable {
  name: string;
  /** Its value is never printed. */
  secret: boolean;
  usedBy:
    | 'okta'
    | 'jira'
    | 'slack'
    | 'entra'
    | 'google'
    | 'salesforce'
    | 'email'
    | 'arx'
    | 'server'
    | 'cli'
    | 'temporal'
    | 'vault';
  does: string;
  default?: string;
  /** What .env.example shows. */
  example?: string;
  /** What else may be done where it is missing. */
  instead?: string;
}

/**
 * Every variable that arx reads. Each may be given as NAME_FILE instead, naming a file that holds
 * the value; Temporal's are read by its own library, which also reads temporal.toml and takes
 * TEMPORAL_GRPC_META_* headers.
 */
// prettier-ignore
export const VARIABLES: readonly Variable[] = [
  { name: 'OKTA_DOMAIN', secret: false, usedBy: 'okta', does: 'Okta organisation: a host or an https address', example: 'example.okta.com', instead: 'store domain and token with `arx okta configure`' },
  { name: 'OKTA_API_TOKEN', secret: true, usedBy: 'okta', does: 'Okta API token (SSWS), made by a read-only administrator' },
  { name: 'OKTA_CLIENT_ID', secret: false, usedBy: 'okta', does: 'Okta service app, instead of the token' },
  { name: 'OKTA_PRIVATE_KEY', secret: true, usedBy: 'okta', does: 'Private key of the service app: JWK or PEM' },
  { name: 'JIRA_URL', secret: false, usedBy: 'jira', does: 'Address of Jira', example: 'https://example.atlassian.net' },
  { name: 'JIRA_EMAIL', secret: false, usedBy: 'jira', does: 'E-mail of the Jira Cloud account; leave out for Jira Data Center' },
  { name: 'JIRA_API_TOKEN', secret: true, usedBy: 'jira', does: 'Jira API token, or personal access token for Data Center' },
  { name: 'JIRA_PROJECT_KEY', secret: false, usedBy: 'jira', does: 'Key of the project that gets the tickets', example: 'SEC' },
  { name: 'SLACK_BOT_TOKEN', secret: true, usedBy: 'slack', does: 'Slack bot token with chat:write and channels:history or groups:history' },
  { name: 'SLACK_CHANNEL', secret: false, usedBy: 'slack', does: 'Channel of the summary, best by its id, where arx.yaml names none', example: 'C0123456789' },
  { name: 'SLACK_API_URL', secret: false, usedBy: 'slack', does: 'Address of the Slack Web API', default: 'https://slack.com/api/' },
  { name: 'ENTRA_TENANT_ID', secret: false, usedBy: 'entra', does: 'Tenant of Entra ID: its id or a domain of it', example: 'example.onmicrosoft.com' },
  { name: 'ENTRA_CLIENT_ID', secret: false, usedBy: 'entra', does: 'Application (client) id of the app registration', example: '11111111-2222-3333-4444-555555555555' },
  { name: 'ENTRA_CLIENT_SECRET', secret: true, usedBy: 'entra', does: 'Client secret of the app registration: its value, not its id' },
  { name: 'ENTRA_LOGIN_URL', secret: false, usedBy: 'entra', does: 'Where tokens come from; another one in national clouds', default: 'https://login.microsoftonline.com' },
  { name: 'ENTRA_GRAPH_URL', secret: false, usedBy: 'entra', does: 'Address of Microsoft Graph; another one in national clouds', default: 'https://graph.microsoft.com' },
  { name: 'GOOGLE_SERVICE_ACCOUNT_FILE', secret: false, usedBy: 'google', does: 'Key file (JSON) of a service account with domain-wide delegation for the scope admin.directory.user', example: './google-service-account.json' },
  { name: 'GOOGLE_ADMIN_SUBJECT', secret: false, usedBy: 'google', does: 'Address of the administrator that the service account acts as', example: 'arx-admin@example.com' },
  { name: 'GOOGLE_ADMIN_URL', secret: false, usedBy: 'google', does: 'Address of the Admin SDK', default: 'https://admin.googleapis.com' },
  { name: 'SALESFORCE_LOGIN_URL', secret: false, usedBy: 'salesforce', does: "The organisation's own domain, where tokens come from", example: 'https://example.my.salesforce.com' },
  { name: 'SALESFORCE_CLIENT_ID', secret: false, usedBy: 'salesforce', does: 'Consumer key of an external client app with the client credentials flow' },
  { name: 'SALESFORCE_CLIENT_SECRET', secret: true, usedBy: 'salesforce', does: 'Consumer secret of the external client app' },
  { name: 'SMTP_URL', secret: true, usedBy: 'email', does: 'Mail server: smtps://USER:PASSWORD@HOST, or smtp:// with STARTTLS (without TLS on loopback only)' },
  { name: 'SMTP_FROM', secret: false, usedBy: 'email', does: 'Address that mail is sent from', example: 'arx@example.com' },
  { name: 'DATABASE_URL', secret: true, usedBy: 'arx', does: 'PostgreSQL to store in, postgres://…; without it arx keeps one of its own in ARX_HOME' },
  { name: 'ARX_HOME', secret: false, usedBy: 'arx', does: 'Directory of the local store, servers and reports', default: '.arx' },
  { name: 'ARX_CONFIG', secret: false, usedBy: 'arx', does: 'Configuration file, where --config names none', default: 'arx.yaml' },
  { name: 'ARX_SERVER_ADDRESS', secret: false, usedBy: 'arx', does: 'Where the HTTP server listens', default: '127.0.0.1:8480' },
  { name: 'ARX_METRICS_ADDRESS', secret: false, usedBy: 'arx', does: 'Where the worker serves Prometheus metrics; off when not set', example: '127.0.0.1:9464' },
  { name: 'ARX_HEALTH_ADDRESS', secret: false, usedBy: 'arx', does: 'Where the worker serves /healthz and /readyz; a free loopback port when not set', example: '127.0.0.1:9465' },
  { name: 'ARX_LOG_LEVEL', secret: false, usedBy: 'arx', does: 'trace, debug, info, warn, error, fatal or silent', default: 'info' },
  { name: 'ARX_AUDIT_KEY', secret: true, usedBy: 'arx', does: 'Private key that signs audit checkpoints, PRIVATE+KEY+…; without it arx keeps one of its own in ARX_HOME' },
  { name: 'ARX_DECISION_KEY', secret: true, usedBy: 'arx', does: 'Seed of the key that signs decisions about approvals, 64 hex digits; without it arx keeps one of its own in ARX_HOME' },
  { name: 'SLACK_SIGNING_SECRET', secret: true, usedBy: 'server', does: 'Signing secret of the Slack app: proves that a click on a button comes from Slack' },
  { name: 'ARX_KEY', secret: true, usedBy: 'cli', does: 'Access key that proves who is at the command line: `arx keys create` prints it once' },
  { name: 'VAULT_ADDR', secret: false, usedBy: 'vault', does: 'HashiCorp Vault, where arx.yaml keeps credentials there', example: 'https://vault.example.com:8200' },
  { name: 'VAULT_TOKEN', secret: true, usedBy: 'vault', does: 'Token for HashiCorp Vault' },
  { name: 'TEMPORAL_ADDRESS', secret: false, usedBy: 'temporal', does: 'Temporal server; without it a local one is found or built', example: 'localhost:7233' },
  { name: 'TEMPORAL_NAMESPACE', secret: false, usedBy: 'temporal', does: 'Temporal namespace', default: 'default' },
  { name: 'TEMPORAL_API_KEY', secret: true, usedBy: 'temporal', does: 'API key for Temporal Cloud' },
  { name: 'TEMPORAL_TLS', secret: false, usedBy: 'temporal', does: 'true: connect with TLS' },
  { name: 'TEMPORAL_TLS_CLIENT_CERT_PATH', secret: false, usedBy: 'temporal', does: 'Client certificate (mTLS)' },
  { name: 'TEMPORAL_TLS_CLIENT_CERT_DATA', secret: false, usedBy: 'temporal', does: 'Client certificate (mTLS), as text' },
  { name: 'TEMPORAL_TLS_CLIENT_KEY_PATH', secret: false, usedBy: 'temporal', does: 'Key of the client certificate' },
  { name: 'TEMPORAL_TLS_CLIENT_KEY_DATA', secret: true, usedBy: 'temporal', does: 'Key of the client certificate, as text' },
  { name: 'TEMPORAL_TLS_SERVER_CA_CERT_PATH', secret: false, usedBy: 'temporal', does: 'Certificate authority of the server' },
  { name: 'TEMPORAL_TLS_SERVER_CA_CERT_DATA', secret: false, usedBy: 'temporal', does: 'Certificate authority of the server, as text' },
  { name: 'TEMPORAL_TLS_SERVER_NAME', secret: false, usedBy: 'temporal', does: 'Server name to expect in the certificate' },
  { name: 'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION', secret: false, usedBy: 'temporal', does: 'true: do not check the server name' },
  { name: 'TEMPORAL_CONFIG_FILE', secret: false, usedBy: 'temporal', does: 'temporal.toml to read profiles from' },
  { name: 'TEMPORAL_PROFILE', secret: false, usedBy: 'temporal', does: 'Profile in temporal.toml', default: 'default' },
  { name: 'TEMPORAL_CLI_PATH', secret: false, usedBy: 'temporal', does: 'A temporal executable to start local servers with' },
];
