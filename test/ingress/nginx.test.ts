/** Our ConfigMap, VirtualServer and Policy, rendered as the controller does and served by a real NGINX. */
import { connect } from "node:tls";
import type { ConnectionOptions } from "node:tls";
import * as k8s from "@pulumi/kubernetes";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Ingress } from "../../components/ingress/index.ts";
import { declared, ofType, only } from "../components/mocks.ts";
import { INGRESS } from "../components/ingressArgs.ts";
import type { Running } from "./nginx.ts";
import { startNginx } from "./nginx.ts";
import type { RateLimitSpec, VirtualServerSpec } from "./render.ts";

/** 127.0.0.1 plays the load balancer and the nodes; any other loopback address is a stranger. */
const TRUSTED = ["127.0.0.1/32", "10.20.0.0/16"];
let nginx: Running;

beforeAll(async () => {
  const resources = await declared(() => {
    new Ingress("ingress", { ...INGRESS, trustedProxyCidrs: TRUSTED, bodyLimitMb: 1 }, { provider: new k8s.Provider("cluster", {}) });
  });
  const spec = (type: string) => only(resources, type).inputs["spec"] as Record<string, unknown>;
  nginx = await startNginx({
    config: ofType(resources, "kubernetes:core/v1:ConfigMap")[0]?.inputs["data"] as Record<string, string>,
    server: spec("kubernetes:k8s.nginx.org/v1:VirtualServer") as unknown as VirtualServerSpec,
    limit: spec("kubernetes:k8s.nginx.org/v1:Policy")["rateLimit"] as RateLimitSpec,
  });
}, 60_000);
afterAll(() => nginx?.stop());

const forwarded = (chain: string) => ({ "X-Forwarded-For": chain });

describe("client address", () => {
  it("is the one that CloudFront appended", async () => {
    const { body } = await nginx.get("/", { headers: forwarded("203.0.113.1") });
    expect(JSON.parse(body)).toMatchObject({ "x-real-ip": "203.0.113.1", "x-forwarded-for": "203.0.113.1", "x-forwarded-proto": "https", host: "shop.example.com" });
  });

  it("is not what a viewer writes into X-Forwarded-For, be it foreign, internal or several", async () => {
    for (const forged of ["198.51.100.9", "10.20.0.1", "127.0.0.1, 10.20.3.4", "not an address"]) {
      const { body } = await nginx.get("/", { headers: forwarded(`${forged}, 203.0.113.2`) });
      expect(JSON.parse(body), forged).toMatchObject({ "x-real-ip": "203.0.113.2", "x-forwarded-for": "203.0.113.2" });
    }
  });

  it("does not believe X-Real-IP of a viewer", async () => {
    const { body } = await nginx.get("/", { headers: { ...forwarded("203.0.113.3"), "X-Real-IP": "198.51.100.9" } });
    expect(JSON.parse(body)).toMatchObject({ "x-real-ip": "203.0.113.3" });
  });

  it("steps over internal proxies to the right of the viewer", async () => {
    const { body } = await nginx.get("/", { headers: forwarded("198.51.100.9, 203.0.113.4, 10.20.7.8") });
    expect(JSON.parse(body)).toMatchObject({ "x-real-ip": "203.0.113.4" });
  });

  it("is the peer's own when the peer is no trusted proxy", async () => {
    const { body } = await nginx.get("/", { from: "127.0.0.2", headers: forwarded("203.0.113.5") });
    expect(JSON.parse(body)).toMatchObject({ "x-real-ip": "127.0.0.2", "x-forwarded-for": "127.0.0.2" });
  });
});

describe("rate limit", () => {
  it("serves the burst at once, refuses the rest with 429, and a forged header buys nothing", async () => {
    const started = performance.now();
    const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => nginx.get("/", { headers: forwarded(`198.51.100.${n}, 203.0.113.20`) })));
    const seconds = (performance.now() - started) / 1000;
    const served = answers.filter((a) => a.status === 200).length;
    // One, the burst of 20, and what the rate of 200 a minute lets through meanwhile.
    expect(served).toBeGreaterThanOrEqual(21);
    expect(served).toBeLessThanOrEqual(21 + Math.ceil((seconds * 200) / 60));
    expect(answers.filter((a) => a.status === 429)).toHaveLength(60 - served);
  });

  it("does not touch another viewer meanwhile", async () => {
    await Promise.all(Array.from({ length: 40 }, () => nginx.get("/", { headers: forwarded("203.0.113.21") })));
    expect((await nginx.get("/", { headers: forwarded("203.0.113.22") })).status).toBe(200);
  });

  it("puts the security headers on the 429 too", async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => nginx.get("/", { headers: forwarded("203.0.113.23") })));
    expect(answers.find((a) => a.status === 429)?.headers).toMatchObject({ "x-frame-options": "DENY", "x-content-type-options": "nosniff" });
  });
});

describe("responses", () => {
  const EXPECTED = {
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "x-xss-protection": "1; mode=block",
    "content-security-policy": "default-src 'self'",
    "referrer-policy": "strict-origin-when-cross-origin",
  };

  it.each([["/", 200], ["/missing", 404]])("of %s (%i) carry every security header with its value", async (path, status) => {
    const answer = await nginx.get(path, { headers: forwarded("203.0.113.30") });
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject(EXPECTED);
  });

  it("have each of them once, whatever the application says", async () => {
    const { rawHeaders } = await nginx.get("/", { headers: forwarded("203.0.113.31") });
    const names = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
    for (const name of Object.keys(EXPECTED)) expect(names.filter((n) => n === name), name).toHaveLength(1);
  });

  it("tell neither NGINX's version nor the application's framework", async () => {
    const { headers } = await nginx.get("/", { headers: forwarded("203.0.113.32") });
    expect(headers["server"]).toBe("nginx");
    expect(headers).not.toHaveProperty("x-powered-by");
  });

  it("refuse a body above the limit with 413 and take one below", async () => {
    const headers = forwarded("203.0.113.33");
    const over = await nginx.get("/", { method: "POST", body: Buffer.alloc(1024 * 1024 + 1), headers: { ...headers, "Content-Length": String(1024 * 1024 + 1) } });
    expect(over.status).toBe(413);
    expect(over.headers).toMatchObject({ "x-frame-options": "DENY" });
    const under = await nginx.get("/", { method: "POST", body: Buffer.alloc(1024 * 1024), headers: { ...headers, "Content-Length": String(1024 * 1024) } });
    expect(under.status).toBe(200);
  });

  it("send plain HTTP to HTTPS with host, path and query kept", async () => {
    const answer = await nginx.getPlain("/a/b?c=d");
    expect(answer.status).toBe(301);
    expect(answer.headers["location"]).toBe("https://shop.example.com/a/b?c=d");
  });

  it("of the default server are its health and nothing else", async () => {
    expect(await nginx.get("/nginx-health", { host: "10.20.1.2" })).toMatchObject({ status: 200, body: "healthy\n" });
    expect((await nginx.get("/", { host: "10.20.1.2" })).status).toBe(404);
  });
});

describe("TLS", () => {
  it.each([
    ["1.0", { minVersion: "TLSv1", maxVersion: "TLSv1" }],
    ["1.1", { minVersion: "TLSv1.1", maxVersion: "TLSv1.1" }],
  ] as const)("refuses version %s", async (_, versions) => {
    await expect(handshake({ ...versions, ciphers: "DEFAULT@SECLEVEL=0" })).rejects.toThrow(/protocol version|handshake failure|alert/i);
  });

  it.each(["TLSv1.2", "TLSv1.3"] as const)("speaks %s", async (version) => {
    expect((await handshake({ minVersion: version, maxVersion: version })).protocol).toBe(version);
  });

  it.each(["AES128-SHA", "AES256-GCM-SHA384", "ECDHE-RSA-AES128-SHA"])("refuses cipher %s", async (ciphers) => {
    await expect(handshake({ maxVersion: "TLSv1.2", ciphers: `${ciphers}:@SECLEVEL=0` })).rejects.toThrow(/handshake failure|alert/i);
  });

  it("takes a cipher with forward secrecy", async () => {
    expect((await handshake({ maxVersion: "TLSv1.2", ciphers: "ECDHE-RSA-AES256-GCM-SHA384" })).cipher).toBe("ECDHE-RSA-AES256-GCM-SHA384");
  });
});

describe("access log", () => {
  it("is one JSON object a line, with the viewer and without what is in the query string", async () => {
    await nginx.get("/reset?token=open-sesame", { headers: { ...forwarded("203.0.113.40"), Authorization: "Bearer open-sesame", Cookie: "session=open-sesame", "User-Agent": 'quote " and \\' } });
    const text = await nginx.log();
    const lines = text.trim().split("\n").map((line) => JSON.parse(line) as Record<string, string>);
    expect(lines.find((l) => l["path"] === "/reset")).toMatchObject({ remote_addr: "203.0.113.40", method: "GET", status: "200", user_agent: 'quote " and \\' });
    expect(text).not.toContain("open-sesame");
  });
});

function handshake(options: ConnectionOptions): Promise<{ protocol: string | null; cipher: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port: nginx.port.https, servername: "shop.example.com", rejectUnauthorized: false, ...options });
    socket.once("secureConnect", () => {
      resolve({ protocol: socket.getProtocol(), cipher: socket.getCipher().name });
      socket.destroy();
    });
    socket.once("error", reject);
  });
}
