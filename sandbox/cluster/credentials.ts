/** Who may do what in a cluster: certificates, made with openssl, and tokens, each in a kubeconfig. */
import { execFile } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import type { ApiConnection } from "./client.ts";

const run = promisify(execFile);
/** The kubelet takes the name of its node from its user's. */
export const NODE_NAME = "node-1";
/** Whom the name server is known as; its rights are given by dns.ts. */
export const DNS_USER = "system:coredns";
/** A cluster lives for hours. */
const DAYS = "7";

/** Users and their groups, as the roles that the API server makes for itself expect them. */
const USERS = {
  golive: "system:masters",
  "system:kube-controller-manager": "",
  "system:kube-scheduler": "",
  "system:kube-proxy": "",
  [`system:node:${NODE_NAME}`]: "system:nodes",
  [DNS_USER]: "",
};

export interface Credentials {
  folder: string;
  /** PEM of the authority that all certificates are from. */
  ca: string;
  /** Of an administrator. */
  token: string;
  /** File of static tokens for the API server. */
  tokens: string;
  kubeconfigs: { admin: string; controllerManager: string; scheduler: string; proxy: string; kubelet: string; dns: string };
}

/** Makes everything for an API server that is reached under the addresses, the first of them from outside. */
export async function makeCredentials(parent: string, url: string, addresses: readonly string[]): Promise<Credentials> {
  const folder = path.join(parent, "credentials");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeAccountKeys(folder);
  await certificate(folder, "ca", "/CN=golive sandbox", "basicConstraints=critical,CA:TRUE");
  const names = [...addresses.map((a) => `IP:${a}`), "DNS:localhost", "DNS:kubernetes", "DNS:kubernetes.default", "DNS:kubernetes.default.svc", "DNS:kubernetes.default.svc.cluster.local"];
  await Promise.all([
    certificate(folder, "apiserver", "/CN=kube-apiserver", `subjectAltName=${names.join(",")}`),
    // What the API server shows to kubelets, for logs and exec.
    certificate(folder, "kubelet-client", "/O=system:masters/CN=kube-apiserver-kubelet-client", "extendedKeyUsage=clientAuth"),
    // What it shows to servers that it passes requests on to, such as one of metrics.
    certificate(folder, "front-proxy", "/CN=front-proxy-client", "extendedKeyUsage=clientAuth"),
  ]);
  const ca = await readFile(path.join(folder, "ca.crt"), "utf8");
  const users = Object.entries(USERS).map(([user, group]) => ({ user, group, token: randomBytes(24).toString("hex") }));
  const tokens = path.join(folder, "tokens.csv");
  await writeFile(tokens, users.map((u) => `${u.token},${u.user},${u.user},"${u.group}"\n`).join(""), { mode: 0o600 });
  const files = await Promise.all(users.map(async ({ user, token }) => {
    const file = path.join(folder, `kubeconfig-${user.replaceAll(":", "-")}.json`);
    await writeFile(file, kubeconfigText({ url, token, ca }), { mode: 0o600 });
    return file;
  }));
  const [admin = "", controllerManager = "", scheduler = "", proxy = "", kubelet = "", dns = ""] = files;
  return { folder, ca, token: users[0]?.token ?? "", tokens, kubeconfigs: { admin, controllerManager, scheduler, proxy, kubelet, dns } };
}

/** `name.crt` and `name.key`, signed by `ca`, or by itself when it is that. */
async function certificate(folder: string, name: string, subject: string, extension: string): Promise<void> {
  await run("openssl", [
    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", DAYS,
    "-keyout", `${name}.key`, "-out", `${name}.crt`, "-subj", subject, "-addext", extension,
    ...(name === "ca" ? [] : ["-CA", "ca.crt", "-CAkey", "ca.key", "-addext", "basicConstraints=CA:FALSE"]),
  ], { cwd: folder });
}

/** The pair of keys that tokens of service accounts are signed and checked with: `accounts.key`, `accounts.pub`. */
export async function writeAccountKeys(folder: string): Promise<void> {
  const { publicKey, privateKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  await writeFile(path.join(folder, "accounts.pub"), publicKey);
  await writeFile(path.join(folder, "accounts.key"), privateKey, { mode: 0o600 });
}

/** JSON is YAML, so every client reads it. */
export function kubeconfigText(connection: ApiConnection): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "golive", cluster: { server: connection.url, "certificate-authority-data": Buffer.from(connection.ca).toString("base64") } }],
    users: [{ name: "golive", user: { token: connection.token } }],
    contexts: [{ name: "golive", context: { cluster: "golive", user: "golive" } }],
    "current-context": "golive",
  });
}
