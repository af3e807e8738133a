/** Smoke tests of pages, by a real Chromium: what is seen passes, what is not fails with a reason, and nothing is left behind. */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserPath, PAGE, Pages } from "../../../operations/release/pages.ts";
import { failing, readAssertions } from "../../../operations/release/smoke.ts";

const PAGES: Record<string, string> = {
  "/": "<title>Shop of the town</title><h1>Welcome</h1><p hidden>Sold out</p><script>setTimeout(() => document.body.append('Basket: 2 things'), 300)</script>",
  "/broken": "<title>Shop</title><h1>Welcome</h1><script>throw new Error('no basket')</script>",
  "/half": "<title>Shop</title><h1>Welcome</h1><link rel=stylesheet href=/gone.css>",
  "/slow": "<title>Shop</title><script>setTimeout(() => document.body.append('Welcome'), 3000)</script>",
  "/favicon.ico": "",
};

let server: Server;
let url: string;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "golive-pages-"));
  server = createServer(({ url: asked = "" }, response) => {
    if (asked === "/hangs") return;
    const page = PAGES[asked];
    response.writeHead(page === undefined ? 404 : 200, { "content-type": "text/html" }).end(page ?? "Nothing is here.");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const children = (): string => execFileSync("ps", ["--ppid", String(process.pid), "-o", "args="], { encoding: "utf8" }).split("\n").filter((line) => line.includes("chrom")).join("\n");

async function troubleOf(page: string, expectation: object = {}): Promise<string | undefined> {
  await using pages = new Pages();
  return await failing(url, PAGE.parse({ name: "start page", page, expect: { withinMs: 1500, ...expectation } }), pages);
}

describe("a page", { timeout: 60_000 }, () => {
  it("that shows what it should passes, also what a script brings late", async () => {
    expect(await troubleOf("/", { title: "Shop", sees: ["Welcome", "Basket: 2 things"], withinMs: 20_000 })).toBeUndefined();
    expect(children()).toBe("");
  });

  it.each<[what: string, page: string, expectation: object, trouble: RegExp]>([
    ["has another title", "/", { title: "Bank" }, /^start page: page \/ has the title "Shop of the town", which does not hold "Bank"$/],
    ["hides what should be seen", "/", { sees: ["Sold out"] }, /^start page: page \/ does not show "Sold out" within 1500 ms$/],
    ["shows it too late", "/slow", { sees: ["Welcome"] }, /does not show "Welcome" within 1500 ms$/],
    ["is not there", "/gone", {}, /^start page: page \/gone answered 404$/],
    ["has a script that fails", "/broken", { sees: ["Welcome"] }, /^start page: page \/broken has errors: no basket$/],
    ["can not load all of it", "/half", { sees: ["Welcome"] }, /has errors: .*404/],
    ["never answers", "/hangs", {}, /^start page: page \/hangs did not load: .*Timeout/],
  ])("that %s fails", async (_, page, expectation, trouble) => {
    expect(await troubleOf(page, expectation)).toMatch(trouble);
    expect(children()).toBe("");
  });

  it("may have errors where that is said", async () => {
    expect(await troubleOf("/broken", { sees: ["Welcome"], errors: true, withinMs: 20_000 })).toBeUndefined();
  });

  it.each([["while the browser starts", 20], ["while the page loads", 3000]])("is left at once when the gates are interrupted %s", async (_, afterMs) => {
    await using pages = new Pages();
    const interrupted = new AbortController();
    const looking = pages.failing(url, PAGE.parse({ name: "start page", page: "/hangs" }), interrupted.signal);
    setTimeout(() => { interrupted.abort(new Error("interrupted")); }, afterMs);
    await expect(looking).rejects.toThrow("interrupted");
  });
});

describe("a file of smoke tests", () => {
  const file = (content: unknown): string => {
    const name = path.join(folder, "smoke.json");
    writeFileSync(name, JSON.stringify(content));
    return name;
  };

  it("may name requests and pages", () => {
    expect(readAssertions(file([{ name: "version", path: "/api/version" }, { name: "start", page: "/" }]))).toEqual([
      { name: "version", method: "GET", path: "/api/version", headers: {}, expect: { headers: {} } },
      { name: "start", page: "/", expect: { sees: [], errors: false, withinMs: 30_000 } },
    ]);
  });

  it.each<[what: string, content: unknown, told: RegExp]>([
    ["nothing", [], /no list of smoke tests/],
    ["no list", { name: "x" }, /no list of smoke tests/],
    ["neither path nor page", [{ name: "x" }], /0\.path/],
    ["a page that is checked as a request", [{ name: "ok", path: "/" }, { name: "x", page: "/", expect: { status: 200 } }], /1\.expect: .*"status"/],
    ["both", [{ name: "x", page: "/", path: "/" }], /"path"/],
  ])("that says %s is refused with the place", (_, content, told) => {
    expect(() => readAssertions(file(content))).toThrow(told);
  });
});

describe("the browser", () => {
  it("is found by the names that distributions give it, or by its path", () => {
    const browser = path.join(folder, "chromium-browser");
    writeFileSync(browser, "#!/bin/sh\n");
    expect(() => browserPath({ PATH: folder })).toThrow("there is no Chromium on this machine");
    chmodSync(browser, 0o755);
    expect(browserPath({ PATH: `/nowhere:${folder}` })).toBe(browser);
    expect(browserPath({ PATH: "", GOLIVE_BROWSER: browser })).toBe(browser);
    expect(() => browserPath({ PATH: folder, GOLIVE_BROWSER: "/no/browser" })).toThrow("GOLIVE_BROWSER names /no/browser, which is no program");
  });
});
