/** grafana.ini: who comes in, by which way, and what is switched off. */

/** Field names are those of the stack file. */
export interface SignOn {
  /** Addresses of the identity provider (its discovery document: authorization_endpoint, token_endpoint, userinfo_endpoint). */
  authorizeUrl: string;
  tokenUrl: string;
  userInfoUrl: string;
  clientId: string;
  /** Default: {@link SCOPES}. */
  scopes?: string[] | undefined;
  /** Claim with the groups of a person. Default: groups. */
  groupsClaim?: string | undefined;
  /** Groups by what their members may do; who is in none of them is refused. */
  groups: { admins?: string[] | undefined; viewers: string[] };
}

/** Folders and files of the pod that the settings name. */
export const PATHS = {
  data: "/var/lib/grafana", temporary: "/tmp", settings: "/etc/grafana", dashboards: "/etc/golive/dashboards",
  clientSecret: "/etc/golive/sign-on", sessionKey: "/etc/golive/session", certificate: "/etc/golive/certificate",
} as const;
export const PORT = 3000;
/** Keys of the Secrets, and names of the files in those folders. */
export const CLIENT_SECRET_FILE = "client-secret";
export const SESSION_KEY_FILE = "password";

/** Scopes that are asked for. */
const SCOPES = ["openid", "profile", "email", "groups"];
/** A session ends after eight hours (REQUIREMENTS, access), and after one without a click. */
const SESSION = { longest: "8h", idle: "1h" };
const HSTS_SECONDS = 31_536_000;

export type Settings = Record<string, Record<string, string | number | boolean>>;

/**
 * Everything that Grafana reads, by section.
 *
 * @param url address by which people reach it
 * @param sources addresses of the data sources; no others may be asked through Grafana
 */
export function settings(url: string, signOn: SignOn, sources: readonly string[]): Settings {
  return { ...server(url), ...security(url, sources), ...signIn(signOn), ...switchedOff() };
}

function server(url: string): Settings {
  return {
    paths: { data: PATHS.data, plugins: `${PATHS.data}/plugins`, provisioning: `${PATHS.settings}/provisioning` },
    server: {
      protocol: "https", http_port: PORT, root_url: `${url.replace(/\/+$/, "")}/`, min_tls_version: "TLS1.2",
      cert_file: `${PATHS.certificate}/tls.crt`, cert_key: `${PATHS.certificate}/tls.key`, certs_watch_interval: "1h",
    },
    // Sessions only; everything that is shown comes from files.
    database: { type: "sqlite3", path: `${PATHS.data}/grafana.db`, wal: true },
    log: { mode: "console", level: "info" },
    "log.console": { format: "json" },
    dashboards: { default_home_dashboard_path: `${PATHS.dashboards}/golive-application.json`, min_refresh_interval: "10s" },
  };
}

function security(url: string, sources: readonly string[]): Settings {
  return {
    security: {
      disable_initial_admin_creation: true,
      secret_key: `$__file{${PATHS.sessionKey}/${SESSION_KEY_FILE}}`,
      cookie_secure: true,
      // Strict would lose the cookie on the way back from the identity provider.
      cookie_samesite: "lax",
      // A browser would remember it for every other program on a person's localhost.
      strict_transport_security: new URL(url).hostname !== "localhost",
      strict_transport_security_max_age_seconds: HSTS_SECONDS,
      x_content_type_options: true,
      x_xss_protection: true,
      content_security_policy: true,
      allow_embedding: false,
      disable_gravatar: true,
      data_source_proxy_whitelist: sources.map((source) => new URL(source).host).join(" "),
    },
  };
}

/** Single sign-on is the only way in; accounts are made by it alone, with the role that the groups say, anew at each sign-on. */
function signIn({ authorizeUrl, tokenUrl, userInfoUrl, clientId, scopes = SCOPES, groupsClaim = "groups", groups }: SignOn): Settings {
  return {
    auth: { disable_login_form: true, login_maximum_inactive_lifetime_duration: SESSION.idle, login_maximum_lifetime_duration: SESSION.longest },
    "auth.basic": { enabled: false },
    "auth.anonymous": { enabled: false },
    "auth.proxy": { enabled: false },
    "auth.jwt": { enabled: false },
    "auth.generic_oauth": {
      enabled: true,
      name: "single sign-on",
      auto_login: true,
      client_id: clientId,
      client_secret: `$__file{${PATHS.clientSecret}/${CLIENT_SECRET_FILE}}`,
      scopes: scopes.join(" "),
      auth_url: authorizeUrl,
      token_url: tokenUrl,
      api_url: userInfoUrl,
      use_pkce: true,
      use_refresh_token: scopes.includes("offline_access"),
      tls_skip_verify_insecure: false,
      // People whom the provider knows and whose groups have a role; with the database gone they come anew.
      allow_sign_up: true,
      role_attribute_path: rolePath(groupsClaim, groups),
      role_attribute_strict: true,
      allow_assign_grafana_admin: false,
    },
    users: { allow_sign_up: false, allow_org_create: false, viewers_can_edit: false },
  };
}

/** A JMESPath that says the role, or nothing (Grafana documentation, "Configure role mapping"). */
export function rolePath(claim: string, groups: SignOn["groups"]): string {
  const isIn = (names: string[]) => names.map((group) => `contains(${claim}[*], '${group}')`).join(" || ");
  const role = (names: string[], of: string) => (names.length === 0 ? [] : [`(${isIn(names)}) && '${of}'`]);
  return [...role(groups.admins ?? [], "Admin"), ...role(groups.viewers, "Viewer")].join(" || ");
}

/** What sends something away, lets something in, or belongs to Prometheus and Alertmanager. */
function switchedOff(): Settings {
  return {
    analytics: { reporting_enabled: false, check_for_updates: false, check_for_plugin_updates: false, feedback_links_enabled: false },
    plugins: { plugin_admin_enabled: false, preinstall_disabled: true },
    snapshots: { enabled: false, external_enabled: false },
    public_dashboards: { enabled: false },
    unified_alerting: { enabled: false },
    news: { news_feed_enabled: false },
    // Not asked by Prometheus, and nobody else should ask.
    metrics: { enabled: false },
  };
}

/**
 * The settings as text. Values that would end their line or begin a comment are refused: what a person writes into the
 * stack file stays one value.
 */
export function iniText(all: Settings): string {
  return Object.entries(all).map(([section, values]) => `[${section}]\n${Object.entries(values).map(([key, value]) => `${key} = ${checked(section, key, String(value))}\n`).join("")}`).join("\n");
}

function checked(section: string, key: string, value: string): string {
  if (/[\r\n;#`"]|%\(/.test(value)) throw new Error(`Grafana: ${key} of [${section}] contains a sign that ends a value of grafana.ini (; # \` " %( or a new line); leave it out`);
  return value;
}
