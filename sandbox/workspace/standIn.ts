/** What the sandbox puts in the place of a secret that it must not need. */

const KUBECONFIG = `apiVersion: v1
kind: Config
clusters: [{name: sandbox, cluster: {server: "https://127.0.0.1:6443"}}]
users: [{name: sandbox, user: {token: sandbox-kubeconfig-0000000000000000}}]
contexts: [{name: sandbox, context: {cluster: sandbox, user: sandbox}}]
current-context: sandbox
`;

/**
 * A text that says what it stands for and has the form that the key's consumer checks.
 *
 * At least 16 characters, as ElastiCache asks of an auth token, and none of the characters that RDS and
 * ElastiCache refuse in passwords (`/`, `"`, `@`, blanks).
 *
 * @param key last part of the configuration key, such as `authToken`
 */
export function standIn(key: string): string {
  if (/kubeconfig$/i.test(key)) return KUBECONFIG;
  const label = `sandbox-${key.replace(/[^A-Za-z0-9]+/g, "-")}-0000000000000000`;
  if (/(url|webhook)$/i.test(key)) return `https://127.0.0.1/${label}`;
  if (/e?mail$/i.test(key)) return `${label}@example.com`;
  return label;
}
