/**
 * An environment variable. The documentation, .env.example and the test of the compose file derive
 * from these rows.
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
  /** Example value for .env.example and error messages. */
  example?: string;
  /** Alternative remedy if it is missing. */
  instead?: string;
}

/**
 * Every variable that arx reads. Each can be set as NAME_FILE instead: the path of a file that
 * contains the value. Temporal's variables are read by its own library, which also reads
 * temporal.toml and TEMPORAL_GRPC_META_* headers.
 */
// prettier-ignore
export const VARIABLES: readonly Variable[] = [
  { name: 'OKTA_DOMAIN', secret: false, usedBy: 'okta', does: 'Okta organisation: a host or an https URL', example: 'example.okta.com', instead: 'store domain and token with `arx okta configure`' },
  { name: 'OKTA_API_TOKEN', secret: true, usedBy: 'okta', does: 'Okta API token (SSWS), created by a read-only administrator' },
  { name: 'OKTA_CLIENT_ID', secret: false, usedBy: 'okta', does: 'Client id of an Okta service app, instead of the token' },
  { name: 'OKTA_PRIVATE_KEY', secret: true, usedBy: 'okta', does: 'Private key of the service app: JWK or PEM' },
  { name: 'JIRA_URL', secret: false, usedBy: 'jira', does: 'URL of Jira: the site; https://api.atlassian.com/ex/jira/CLOUD_ID for scoped tokens and service accounts; or Data Center, with its context path', example: 'https://example.atlassian.net' },
  { name: 'JIRA_SITE_URL', secret: false, usedBy: 'jira', does: 'URL under which people open Jira, for links to tickets; if not set, JIRA_URL, or what Jira reports for api.atlassian.com' },
  { name: 'JIRA_EDITION', secret: false, usedBy: 'jira', does: 'cloud or data_center; if not set, arx asks Jira once, unless the URL shows it' },
  { name: 'JIRA_EMAIL', secret: false, usedBy: 'jira', does: 'E-mail address of the Jira Cloud account; omit it for service accounts and Jira Data Center, whose token is sent as a bearer token' },
  { name: 'JIRA_API_TOKEN', secret: true, usedBy: 'jira', does: 'Jira API token, or personal access token for Data Center' },
  { name: 'JIRA_PROJECT_KEY', secret: false, usedBy: 'jira', does: 'Key of the project in which tickets are created', example: 'SEC' },
  { name: 'SLACK_BOT_TOKEN', secret: true, usedBy: 'slack', does: 'Slack bot token with chat:write, and either channels:history or groups:history' },
  { name: 'SLACK_CHANNEL', secret: false, usedBy: 'slack', does: 'Channel for the summary if arx.yaml names none; preferably its id', example: 'C0123456789' },
  { name: 'SLACK_API_URL', secret: false, usedBy: 'slack', does: 'URL of the Slack Web API', default: 'https://slack.com/api/' },
  { name: 'ENTRA_TENANT_ID', secret: false, usedBy: 'entra', does: 'Entra ID tenant: its id or one of its domains', example: 'example.onmicrosoft.com' },
  { name: 'ENTRA_CLIENT_ID', secret: false, usedBy: 'entra', does: 'Application (client) id of the app registration', example: '11111111-2222-3333-4444-555555555555' },
  { name: 'ENTRA_CLIENT_SECRET', secret: true, usedBy: 'entra', does: 'Client secret of the app registration: its value, not its id' },
  { name: 'ENTRA_LOGIN_URL', secret: false, usedBy: 'entra', does: 'URL that issues tokens; different in national clouds', default: 'https://login.microsoftonline.com' },
  { name: 'ENTRA_GRAPH_URL', secret: false, usedBy: 'entra', does: 'URL of Microsoft Graph; different in national clouds', default: 'https://graph.microsoft.com' },
  { name: 'GOOGLE_SERVICE_ACCOUNT_FILE', secret: false, usedBy: 'google', does: 'Key file (JSON) of a service account with domain-wide delegation for the scope admin.directory.user', example: './google-service-account.json' },
  { name: 'GOOGLE_ADMIN_SUBJECT', secret: false, usedBy: 'google', does: 'E-mail address of the administrator that the service account acts as', example: 'arx-admin@example.com' },
  { name: 'GOOGLE_ADMIN_URL', secret: false, usedBy: 'google', does: 'URL of the Admin SDK', default: 'https://admin.googleapis.com' },
  { name: 'SALESFORCE_LOGIN_URL', secret: false, usedBy: 'salesforce', does: "The organisation's own domain, which issues tokens", example: 'https://example.my.salesforce.com' },
  { name: 'SALESFORCE_CLIENT_ID', secret: false, usedBy: 'salesforce', does: 'Consumer key of an external client app with the client credentials flow' },
  { name: 'SALESFORCE_CLIENT_SECRET', secret: true, usedBy: 'salesforce', does: 'Consumer secret of the external client app' },
  { name: 'SMTP_URL', secret: true, usedBy: 'email', does: 'Mail server: smtps://USER:PASSWORD@HOST, or smtp:// with STARTTLS (without TLS on loopback only)' },
  { name: 'SMTP_FROM', secret: false, usedBy: 'email', does: 'Sender address of mail', example: 'arx@example.com' },
  { name: 'DATABASE_URL', secret: true, usedBy: 'arx', does: 'PostgreSQL database, postgres://…; if not set, arx keeps its own database in ARX_HOME' },
  { name: 'ARX_HOME', secret: false, usedBy: 'arx', does: 'Directory of the local database, servers and reports', default: '.arx' },
  { name: 'ARX_CONFIG', secret: false, usedBy: 'arx', does: 'Configuration file, unless --config names one', default: 'arx.yaml' },
  { name: 'ARX_SERVER_ADDRESS', secret: false, usedBy: 'arx', does: 'Address on which the HTTP server listens', default: '127.0.0.1:8480' },
  { name: 'ARX_METRICS_ADDRESS', secret: false, usedBy: 'arx', does: 'Address on which the worker serves Prometheus metrics; if not set, it serves none', example: '127.0.0.1:9464' },
  { name: 'ARX_HEALTH_ADDRESS', secret: false, usedBy: 'arx', does: 'Address on which the worker serves /healthz and /readyz; if not set, a free loopback port', example: '127.0.0.1:9465' },
  { name: 'ARX_LOG_LEVEL', secret: false, usedBy: 'arx', does: 'Log level: trace, debug, info, warn, error, fatal or silent', default: 'info' },
  { name: 'ARX_AUDIT_KEY', secret: true, usedBy: 'arx', does: 'Private key that signs audit checkpoints, PRIVATE+KEY+…; if not set, arx keeps its own key in ARX_HOME' },
  { name: 'AWS_ACCESS_KEY_ID', secret: false, usedBy: 'arx', does: 'Access key id for the sink of the audit trail in an S3-compatible store (audit.sink.s3)' },
  { name: 'AWS_SECRET_ACCESS_KEY', secret: true, usedBy: 'arx', does: 'Secret access key for that store' },
  { name: 'AWS_SESSION_TOKEN', secret: true, usedBy: 'arx', does: 'Session token for that store, if the access key is a temporary one' },
  { name: 'ARX_DECISION_KEY', secret: true, usedBy: 'arx', does: 'Seed of the key that signs approval decisions, 64 hex digits; if not set, arx keeps its own seed in ARX_HOME' },
  { name: 'SLACK_SIGNING_SECRET', secret: true, usedBy: 'server', does: 'Signing secret of the Slack app, which proves that a button click comes from Slack' },
  { name: 'ARX_KEY', secret: true, usedBy: 'cli', does: 'Access key that identifies the user at the command line; `arx keys create` prints it once' },
  { name: 'ARX_SERVER_URL', secret: false, usedBy: 'cli', does: 'URL of the HTTP server on which `arx approvals` works, as the person of ARX_KEY', example: 'https://arx.example.com' },
  { name: 'VAULT_ADDR', secret: false, usedBy: 'vault', does: 'URL of HashiCorp Vault', example: 'https://vault.example.com:8200' },
  { name: 'VAULT_TOKEN', secret: true, usedBy: 'vault', does: 'Token for HashiCorp Vault' },
  { name: 'TEMPORAL_ADDRESS', secret: false, usedBy: 'temporal', does: 'Temporal server; if not set, arx finds or starts a local one', example: 'localhost:7233' },
  { name: 'TEMPORAL_NAMESPACE', secret: false, usedBy: 'temporal', does: 'Temporal namespace', default: 'default' },
  { name: 'TEMPORAL_API_KEY', secret: true, usedBy: 'temporal', does: 'API key for Temporal Cloud' },
  { name: 'TEMPORAL_TLS', secret: false, usedBy: 'temporal', does: 'true: connect with TLS' },
  { name: 'TEMPORAL_TLS_CLIENT_CERT_PATH', secret: false, usedBy: 'temporal', does: 'Client certificate (mTLS)' },
  { name: 'TEMPORAL_TLS_CLIENT_CERT_DATA', secret: false, usedBy: 'temporal', does: 'Client certificate (mTLS), as text' },
  { name: 'TEMPORAL_TLS_CLIENT_KEY_PATH', secret: false, usedBy: 'temporal', does: 'Private key of the client certificate' },
  { name: 'TEMPORAL_TLS_CLIENT_KEY_DATA', secret: true, usedBy: 'temporal', does: 'Private key of the client certificate, as text' },
  { name: 'TEMPORAL_TLS_SERVER_CA_CERT_PATH', secret: false, usedBy: 'temporal', does: "Certificate of the server's certificate authority" },
  { name: 'TEMPORAL_TLS_SERVER_CA_CERT_DATA', secret: false, usedBy: 'temporal', does: "Certificate of the server's certificate authority, as text" },
  { name: 'TEMPORAL_TLS_SERVER_NAME', secret: false, usedBy: 'temporal', does: 'Server name expected in the certificate' },
  { name: 'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION', secret: false, usedBy: 'temporal', does: 'true: do not check the server name' },
  { name: 'TEMPORAL_CONFIG_FILE', secret: false, usedBy: 'temporal', does: 'Path of the temporal.toml from which profiles are read' },
  { name: 'TEMPORAL_PROFILE', secret: false, usedBy: 'temporal', does: 'Profile in temporal.toml', default: 'default' },
  { name: 'TEMPORAL_CLI_PATH', secret: false, usedBy: 'temporal', does: 'Temporal executable with which arx starts local servers' },
];
