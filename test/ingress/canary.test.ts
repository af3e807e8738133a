/** A canary's route, rendered as the controller does and served by a real NGINX: who gets how much, and what stays as it is. */
import * as k8s from "@pulumi/kubernetes";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Ingress } from "../../components/ingress/index.ts";
import { declared, ofType, only } from "../components/mocks.ts";
import { INGRESS } from "../components/ingressArgs.ts";
import { type Answer, type Running, startNginx } from "./nginx.ts";
import type { RateLimitSpec, VirtualServerSpec } from "./render.ts";

const REQUESTS = 1200;
/** Far beyond chance: six standard deviations of as many throws. */
const tolerance = (share: number): number => 6 * Math.sqrt(REQUESTS * share * (1 - share));

describe.each([5, 25, 50])("%i percent to green", (weight) => {
  let nginx: Running;
  beforeAll(async () => {
    const resources = await declared(() => {
      new Ingress("ingress", { ...INGRESS, trustedProxyCidrs: ["127.0.0.1/32"], canary: { shares: [{ service: "app-blue", weight: 100 - weight }, { service: "app-green", weight }], hooks: {} } }, { provider: new k8s.Provider("cluster", {}) });
    });
    const spec = (type: string) => only(resources, type).inputs["spec"] as Record<string, unknown>;
    nginx = await startNginx({
      config: ofType(resources, "kubernetes:core/v1:ConfigMap")[0]?.inputs["data"] as Record<string, string>,
      server: spec("kubernetes:k8s.nginx.org/v1:VirtualServer") as unknown as VirtualServerSpec,
      limit: spec("kubernetes:k8s.nginx.org/v1:Policy")["rateLimit"] as RateLimitSpec,
    });
  }, 60_000);
  afterAll(() => nginx?.stop());

  /** Each from another viewer: the rate limit is one viewer's. */
  const get = (path: string, viewer: number): Promise<Answer> => nginx.get(path, { headers: { "X-Forwarded-For": `203.${viewer >> 16}.${(viewer >> 8) & 255}.${viewer & 255}` } });

  it("is its share, and the rest is blue's; none fails", { timeout: 60_000 }, async () => {
    const counts: Record<string, number> = {};
    for (let sent = 0; sent < REQUESTS; sent += 20) {
      for (const { status, headers } of await Promise.all(Array.from({ length: 20 }, (_, i) => get("/", sent + i)))) {
        expect(status).toBe(200);
        const by = String(headers["x-app-service"]);
        counts[by] = (counts[by] ?? 0) + 1;
      }
    }
    expect(Object.keys(counts).sort()).toEqual(["app-blue", "app-green"]);
    const share = weight / 100;
    expect(Math.abs((counts["app-green"] ?? 0) - REQUESTS * share)).toBeLessThan(tolerance(share));
  });

  it("path, query, client address and security headers are what they are without a canary", async () => {
    const { headers, body } = await get("/a/b?c=d", 999_999);
    expect(JSON.parse(body)).toMatchObject({ "x-real-ip": "203.15.66.63", host: "shop.example.com" });
    expect(headers).toMatchObject({ "x-frame-options": "DENY", "strict-transport-security": "max-age=31536000; includeSubDomains", "x-app-path": "/a/b?c=d" });
    expect(headers["x-powered-by"]).toBeUndefined();
  });
});
