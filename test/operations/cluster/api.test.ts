/** Credentials that end while a command is at work, those of EKS live for a quarter of an hour; and an API server that does not answer. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Api } from "../../../operations/cluster/api.ts";
import type { Access } from "../../../operations/cluster/kubeconfig.ts";
import { clientConfig } from "../../../operations/release/forward.ts";

let server: Server;
let asked: string[];
/** The one that the server takes. */
let valid: string;

beforeEach(async () => {
  asked = [];
  valid = "first";
  server = createServer((request, response) => {
    const token = (request.headers.authorization ?? "").replace("Bearer ", "");
    asked.push(token);
    response.statusCode = token === valid ? 200 : 401;
    response.end(JSON.stringify(token === valid ? { metadata: { name: "it" } } : { message: "Unauthorized" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(() => void server.close());

/** Tokens one after another, each of which ends after so many milliseconds. */
function access(tokens: readonly string[], livesMs?: number): Access {
  const [token = "", ...rest] = tokens;
  return {
    server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, context: "eks", tls: {}, headers: { authorization: `Bearer ${token}` },
    ...(livesMs === undefined ? {} : { expires: Date.now() + livesMs }),
    ...(rest.length === 0 ? {} : { renew: () => Promise.resolve(access(rest, livesMs === undefined ? undefined : 900_000)) }),
  };
}

it("a credential that is refused is renewed once, for all who use it at the time", async () => {
  valid = "second";
  const api = new Api(access(["first", "second", "third"]), 0);
  await Promise.all([api.get("/a"), api.get("/b"), api.get("/c")]);
  await api.get("/d");
  expect(asked.toSorted()).toEqual(["first", "first", "first", "second", "second", "second", "second"]);
  api.close();
});

it("one that is refused again is told, and not asked for without end", async () => {
  valid = "none of them";
  const api = new Api(access(["first", "second", "third"]), 0);
  await expect(api.get("/a")).rejects.toThrow("The API server refused to show /a (401): Unauthorized");
  expect(asked).toEqual(["first", "second"]);
  api.close();
});

it("one that is about to end is renewed before it is used, also for those who forward to pods", async () => {
  valid = "second";
  const api = new Api(access(["first", "second"], 30_000), 0);
  await api.get("/a");
  expect(asked).toEqual(["second"]);
  const config = await clientConfig(await api.access());
  expect(config.getCurrentUser()).toMatchObject({ token: "second" });
  expect(config.getCurrentCluster()).toMatchObject({ server: (await api.access()).server, skipTLSVerify: false });
  api.close();
});

it("what is behind the API server is asked once, whatever it answers, and again only with a new credential", async () => {
  valid = "second";
  const api = new Api(access(["first", "second"]), 60_000);
  expect(await api.once({ method: "GET", path: "/a" })).toEqual({ status: 200, body: { metadata: { name: "it" } } });
  valid = "third";
  expect(await api.once({ method: "GET", path: "/b" })).toEqual({ status: 401, body: { message: "Unauthorized" } });
  expect(asked).toEqual(["first", "second", "second"]);
  server.close();
  server.closeAllConnections();
  await expect(api.once({ method: "GET", path: "/c" })).rejects.toThrow(/ECONNREFUSED|ECONNRESET|hang up/);
  api.close();
});

it("an API server that does not answer is asked again, and whoever waits is told so, once", async () => {
  const said: string[] = [];
  const api = new Api(access(["first"]), 3_000, (line) => said.push(line));
  await new Promise((resolve) => server.close(resolve));
  const asking = [api.get("/a"), api.get("/b")].map((one) => expect(one).rejects.toThrow(/The API server of eks .* can not be reached: /));
  await Promise.all(asking);
  expect(said).toEqual([expect.stringMatching(/^The API server of eks \(http:.*\) does not answer \(.*ECONNREFUSED.*\): asking again for 3 s\.$/)]);
  api.close();
});
