/** Kubeconfigs of people and pipelines, and those that must not be followed. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync, chmodSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { kubeconfigFiles, readAccess } from "../../../operations/cluster/kubeconfig.ts";

let folder: string;
beforeAll(() => { folder = mkdtempSync(path.join(tmpdir(), "kubeconfig-")); });
afterAll(() => rmSync(folder, { recursive: true }));

const b64 = (text: string): string => Buffer.from(text).toString("base64");

function file(name: string, content: unknown): string {
  const place = path.join(folder, name);
  writeFileSync(place, typeof content === "string" ? content : JSON.stringify(content));
  return place;
}

function config(name: string, { cluster = {}, user = {} }: { cluster?: object; user?: object } = {}): string {
  return file(name, {
    apiVersion: "v1", kind: "Config", "current-context": "prod",
    clusters: [{ name: "c", cluster: { server: "https://api.example.com:6443/", "certificate-authority-data": b64("CA"), ...cluster } }],
    users: [{ name: "u", user }],
    contexts: [{ name: "prod", context: { cluster: "c", user: "u", namespace: "shop" } }],
  });
}

it("reads token, certificates and what files beside it hold", async () => {
  expect(await readAccess([config("token", { user: { token: "t" } })])).toEqual({ server: "https://api.example.com:6443", context: "prod", tls: { ca: "CA" }, headers: { authorization: "Bearer t" } });
  file("own.crt", "CERT");
  file("secret", "from-file\n");
  const access = await readAccess([config("files", { cluster: { "tls-server-name": "inner" }, user: { tokenFile: "secret", "client-certificate": "own.crt", "client-key-data": b64("KEY") } })]);
  expect(access).toMatchObject({ tls: { ca: "CA", cert: "CERT", key: "KEY", servername: "inner" }, headers: { authorization: "Bearer from-file" } });
});

it("takes each part from the first of several files that has it", async () => {
  const first = file("first", { "current-context": "prod" });
  expect((await readAccess([first, config("second", { user: { token: "t" } })])).headers).toEqual({ authorization: "Bearer t" });
  expect(kubeconfigFiles(undefined, { KUBECONFIG: `/a${path.delimiter}/b` })).toEqual(["/a", "/b"]);
  expect(kubeconfigFiles("/c", { KUBECONFIG: "/a" })).toEqual(["/c"]);
  expect(kubeconfigFiles(undefined, {})).toEqual([expect.stringMatching(/\.kube[\\/]config$/)]);
});

it("of several files passes over those that are not there, as kubectl does; a single one must be there", () => {
  const there = file("there", {});
  const absent = path.join(folder, "absent");
  expect(kubeconfigFiles(undefined, { KUBECONFIG: [absent, there].join(path.delimiter) })).toEqual([there]);
  expect(kubeconfigFiles(undefined, { KUBECONFIG: absent })).toEqual([absent]);
});

it("finds what a user names beside the file that has the user", async () => {
  const other = path.join(folder, "other");
  mkdirSync(other);
  writeFileSync(path.join(other, "own-token"), "of the user");
  const users = path.join(other, "users");
  writeFileSync(users, JSON.stringify({ users: [{ name: "u", user: { tokenFile: "own-token" } }] }));
  const clusters = file("clusters", { "current-context": "prod", clusters: [{ name: "c", cluster: { server: "https://api.example.com" } }], contexts: [{ name: "prod", context: { cluster: "c", user: "u" } }] });
  const access = await readAccess([clusters, users]);
  expect(access.headers).toEqual({ authorization: "Bearer of the user" });
  writeFileSync(path.join(other, "own-token"), "another");
  expect((await access.renew?.())?.headers).toEqual({ authorization: "Bearer another" });
});

it("asks a credential plugin again for what ends, and knows when", async () => {
  const plugin = file("ends.sh", `#!/bin/sh\necho x >> ${path.join(folder, "calls")}\necho "{\\"status\\":{\\"token\\":\\"t$(wc -l < ${path.join(folder, "calls")})\\",\\"expirationTimestamp\\":\\"2026-01-02T03:04:05Z\\"}}"\n`);
  chmodSync(plugin, 0o755);
  const access = await readAccess([config("ends", { user: { exec: { apiVersion: "client.authentication.k8s.io/v1", command: plugin } } })]);
  expect(access).toMatchObject({ headers: { authorization: "Bearer t1" }, expires: Date.parse("2026-01-02T03:04:05Z") });
  expect(await access.renew?.()).toMatchObject({ headers: { authorization: "Bearer t2" }, context: "prod" });
});

it("runs a credential plugin, and says what it said when it fails", async () => {
  const plugin = file("plugin.sh", '#!/bin/sh\n[ "$1" = ok ] || { echo "sign in first" >&2; exit 3; }\necho "{\\"status\\":{\\"token\\":\\"$NAME-$(echo "$KUBERNETES_EXEC_INFO" | grep -c ExecCredential)\\"}}"\n');
  chmodSync(plugin, 0o755);
  const exec = (argument: string) => ({ exec: { apiVersion: "client.authentication.k8s.io/v1", command: plugin, args: [argument], env: [{ name: "NAME", value: "n" }] } });
  expect((await readAccess([config("plugin", { user: exec("ok") })])).headers).toEqual({ authorization: "Bearer n-1" });
  await expect(readAccess([config("plugin-bad", { user: exec("no") })])).rejects.toMatchObject({ message: expect.stringContaining("The credential plugin of context \"prod\" failed") as string, hint: "sign in first" });
  await expect(readAccess([config("plugin-none", { user: { exec: { apiVersion: "v1", command: path.join(folder, "absent") } } })])).rejects.toMatchObject({ hint: expect.stringContaining("ENOENT") as string });
});

it.each([
  ["is not there", () => path.join(folder, "absent"), "can not be read (ENOENT)"],
  ["is no YAML", () => file("broken", "a: [b"), "is no YAML"],
  ["is something else", () => file("list", { clusters: "all" }), "is no kubeconfig: clusters"],
  ["has no current context", () => file("none", { clusters: [] }), "no context is the current one"],
  ["names a cluster that it has not", () => file("lost", { "current-context": "prod", contexts: [{ name: "prod", context: { cluster: "c", user: "u" } }] }), 'has no cluster "c"'],
  ["checks nobody", () => config("insecure", { cluster: { "insecure-skip-tls-verify": true } }), "does not check who answers"],
  ["goes through a proxy", () => config("proxy", { cluster: { "proxy-url": "http://proxy" } }), "goes through a proxy"],
  ["signs in by a password", () => config("password", { user: { username: "admin" } }), "a password"],
  ["names a file that is not there", () => config("lost-ca", { user: { tokenFile: "absent-token" } }), "absent-token"],
])("says so when a kubeconfig %s", async (_, place, message) => {
  await expect(readAccess([place()])).rejects.toThrow(message);
});
