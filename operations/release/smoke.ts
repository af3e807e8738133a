/** Assertions against one color, by HTTP and of pages: a small file, or the health paths of the configuration. */
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { UserError, systemCode } from "../../sandbox/errors.ts";
import type { Config } from "../../stacks/config.ts";
import { browserPath, PAGE, type PageAssertion, type Pages } from "./pages.ts";

const REQUEST_MS = 10_000;

const REQUEST = z.strictObject({
  /** What the user sees when it fails. */
  name: z.string().min(1),
  method: z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]).default("GET"),
  path: z.string().startsWith("/"),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().optional(),
  expect: z.strictObject({
    /** Any below 400 when left out. */
    status: z.int().min(100).max(599).optional(),
    /** Response headers, compared without regard to case of their names. */
    headers: z.record(z.string(), z.string()).default({}),
    /** Text that the body must hold. */
    contains: z.string().optional(),
    /** Longest time to the end of the answer, in milliseconds. */
    withinMs: z.int().min(1).max(REQUEST_MS).optional(),
  }).default({ headers: {} }),
});

type RequestAssertion = z.infer<typeof REQUEST>;

export type Assertion = RequestAssertion | PageAssertion;

/** @throws UserError when the file can not be read or says something else, or looks at pages where there is no browser */
export function readAssertions(file: string): Assertion[] {
  let content: string;
  try {
    content = readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(`The smoke tests ${file} can not be read (${systemCode(error) ?? "unknown"}).`, "Name a file of assertions with --smoke.", 2, { cause: error });
  }
  const list = z.array(z.unknown()).min(1).safeParse(yamlOf(content));
  const parsed = list.success ? list.data.map((entry) => (isPage(entry) ? PAGE : REQUEST).safeParse(entry)) : [];
  const lines = list.success
    ? parsed.flatMap(({ error }, index) => (error?.issues ?? []).map((issue) => `  ${[index, ...issue.path].join(".")}: ${issue.message}`))
    : list.error.issues.map((issue) => `  ${issue.path.join(".") || "the file"}: ${issue.message}`);
  if (lines.length > 0) throw new UserError(`${file} is no list of smoke tests:\n${lines.join("\n")}`, "Each is {name, path, expect: {status, headers, contains, withinMs}}, with method, headers and body where they matter, or of a page {name, page, expect: {title, sees, errors, withinMs}}.", 2);
  const assertions = parsed.flatMap(({ data }) => (data === undefined ? [] : [data]));
  if (assertions.some(isPage)) browserPath();
  return assertions;
}

function isPage(entry: unknown): entry is PageAssertion {
  return typeof entry === "object" && entry !== null && "page" in entry;
}

function yamlOf(content: string): unknown {
  try {
    return parse(content);
  } catch {
    return undefined;
  }
}

/** What every application of the product answers. */
export function standardAssertions(config: Config): Assertion[] {
  const { app } = config;
  const page: Assertion = { name: "start page", method: "GET", path: "/", headers: {}, expect: { headers: {} } };
  return [healthy("ready", app.health.ready), healthy("alive", app.health.live), deepCheck(config), healthy("metrics", app.metricsPath), page];
}

/** What looks behind the application: at its database, cache and storage. */
export function deepCheck({ app }: Config): Assertion {
  return healthy("deep check", app.health.deep);
}

function healthy(name: string, path: string): Assertion {
  return { name, method: "GET", path, headers: {}, expect: { status: 200, headers: {} } };
}

/** Why an assertion does not hold; undefined when it does. */
export function failing(url: string, assertion: Assertion, pages: Pages, signal?: AbortSignal): Promise<string | undefined> {
  return isPage(assertion) ? pages.failing(url, assertion, signal) : answering(url, assertion, signal);
}

async function answering(url: string, { name, method, path, headers, body, expect }: RequestAssertion, signal?: AbortSignal): Promise<string | undefined> {
  const started = performance.now();
  try {
    const limit = AbortSignal.timeout(REQUEST_MS);
    const response = await fetch(`${url}${path}`, { method, headers: { connection: "close", ...headers }, redirect: "manual", signal: signal === undefined ? limit : AbortSignal.any([limit, signal]), ...(body === undefined ? {} : { body }) });
    const content = await response.text();
    const ms = Math.round(performance.now() - started);
    if (expect.status === undefined ? response.status >= 400 : response.status !== expect.status) return `${name}: ${method} ${path} answered ${response.status}, not ${expect.status ?? "less than 400"}`;
    for (const [header, value] of Object.entries(expect.headers)) if (response.headers.get(header) !== value) return `${name}: ${method} ${path} has ${header}: ${response.headers.get(header) ?? "nothing"}, not ${value}`;
    if (expect.contains !== undefined && !content.includes(expect.contains)) return `${name}: ${method} ${path} does not hold ${JSON.stringify(expect.contains)}`;
    if (expect.withinMs !== undefined && ms > expect.withinMs) return `${name}: ${method} ${path} took ${ms} ms, more than ${expect.withinMs}`;
    return undefined;
  } catch (error) {
    if (signal?.aborted === true) throw error;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return `${name}: ${method} ${path} gave no answer: ${cause instanceof Error ? cause.message : String(cause)}`;
  }
}
