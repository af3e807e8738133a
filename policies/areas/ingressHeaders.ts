/** Headers that NGINX adds to, or takes out of, what passes through it. */
import type { Resource } from "../resource.ts";
import { type Report, type ResourceRule, type Rule, setting } from "../rule.ts";
import { matching } from "../search.ts";
import type { Value } from "../value.ts";
import { eachProxied, ROUTERS } from "./ingressParts.ts";

const SECURITY_HEADERS = ["strict-transport-security", "x-frame-options", "x-content-type-options", "x-xss-protection", "content-security-policy", "referrer-policy"];
const YEAR = 31_536_000;

/** The entries of an action's added headers that have this name; `sure` when the names of all are known. */
function added(action: Value, name: string): { headers: Value[]; sure: boolean } {
  const headers: Value[] = [];
  const list = action.at("proxy.responseHeaders.add").items;
  let known = 0;
  for (const header of list) {
    action.try(() => {
      if (header.at("name").text?.toLowerCase() === name.toLowerCase()) headers.push(header);
      known += 1;
    });
  }
  return { headers, sure: known === list.length };
}

/** Says what is wrong with the text of a header. */
type Judged = (text: string, value: Value) => string | undefined;

/** A check that every proxied action adds a header whose value is right. */
function adds(name: string, wrong: Judged): ResourceRule["check"] {
  return (router, report) => eachProxied(router, (action) => {
    const { headers, sure } = added(action, name);
    if (headers.length === 0 && sure) report(action, `answers without ${name}`);
    judgeValues(headers, wrong, report);
  });
}

function judgeValues(headers: Value[], wrong: Judged, report: Report): void {
  for (const header of headers) {
    header.try(() => {
      const value = header.at("value");
      const mistake = wrong(value.text ?? "", value);
      if (mistake !== undefined) report(value, `is ${setting(value)}, ${mistake}`);
    });
  }
}

function only(expected: string): Judged {
  return (text) => (text.trim().toLowerCase() === expected.toLowerCase() ? undefined : `must be ${expected}`);
}

function hsts(text: string): string | undefined {
  const parts = text.toLowerCase().split(";").map((part) => part.trim());
  const age = parts.map((part) => /^max-age="?(\d+)"?$/.exec(part)?.[1]).find((found) => found !== undefined);
  return Number(age ?? 0) >= YEAR && parts.includes("includesubdomains") ? undefined : `must be max-age=${YEAR}; includeSubDomains`;
}

/** Directives of a Content-Security-Policy; of one that stands there twice browsers take the first. */
function directives(policy: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const part of policy.toLowerCase().split(";")) {
    const [name, ...sources] = part.trim().split(/\s+/);
    if (name !== undefined && !found.has(name)) found.set(name, sources);
  }
  return found;
}

function defaultSource(policy: string): string | undefined {
  const sources = directives(policy).get("default-src");
  return sources !== undefined && sources.length === 1 && ["'self'", "'none'"].includes(sources[0] ?? "") ? undefined : "must say default-src 'self'";
}

const SCRIPT_DIRECTIVES = ["script-src", "script-src-elem", "script-src-attr"];

/** `'unsafe-inline'`, `'unsafe-eval'`, and sources that anybody can be: `*`, `https:`, `*.com`. */
function scripts(policy: string, value: Value): string | undefined {
  const found = directives(policy);
  const open = SCRIPT_DIRECTIVES.flatMap((name) => found.get(name) ?? []).find((source) => /^('unsafe-(inline|eval)'|\*|(https?|data|blob|wss?):(\/\/\*)?|(https?:\/\/)?\*\.[a-z]+)$/.test(source));
  return open === undefined ? undefined : `must not let scripts come from ${setting(value, open)}`;
}

const REFERRER = ["no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"];

function checkHidden(router: Resource, report: Report): void {
  eachProxied(router, (action) => {
    const headers = action.at("proxy.responseHeaders");
    const isNamed = (name: string) => (one: Value): boolean => one.text?.toLowerCase() === name;
    if (matching(headers.at("hide").texts, isNamed("x-powered-by")).length === 0) report(headers.at("hide"), "does not name X-Powered-By");
    // NGINX itself hides an upstream's Server unless it is passed (ngx_http_proxy_module, proxy_hide_header).
    for (const passed of matching(headers.at("pass").texts, isNamed("server"))) report(passed, "passes the upstream's Server header on");
  });
}

/** Variables that NGINX itself fills; everything else may be what a client wrote. */
const TRUSTED_HEADERS: Readonly<Record<string, readonly string[]>> = {
  "host": ["${host}", "${http_host}"],
  "x-real-ip": ["${remote_addr}"],
  "x-forwarded-for": ["${remote_addr}", "${proxy_add_x_forwarded_for}"],
  "x-forwarded-proto": ["${scheme}", "https"],
};

function checkRequestHeaders(router: Resource, report: Report): void {
  eachProxied(router, (action) => {
    const headers = action.at("proxy.requestHeaders");
    headers.at("set").each((header) => {
      const name = header.at("name").text ?? "";
      const allowed = TRUSTED_HEADERS[name.toLowerCase()];
      const value = header.at("value");
      if (allowed !== undefined && !allowed.includes(value.text ?? "")) report(value, `is ${setting(value)}, must be ${allowed.join(" or ")} for ${name}`);
    });
  });
}

/** What the rules of single headers share. */
const ON_ROUTES: Pick<ResourceRule, "items" | "frameworks" | "kinds"> = { items: ["ingress-headers"], frameworks: [], kinds: ROUTERS };

export const headerRules: Rule[] = [
  {
    ...ON_ROUTES,
    id: "ingress/hsts",
    title: "Every route tells browsers to stay on HTTPS: a year, with subdomains",
    severity: "high",
    why: "Without it the first request of every visit may go over plain HTTP, where anybody in between can answer instead.",
    mend: "Add `Strict-Transport-Security: max-age=31536000; includeSubDomains` under `action.proxy.responseHeaders.add` of every route.",
    check: adds("Strict-Transport-Security", hsts),
  },
  {
    id: "ingress/frame-options",
    title: "Every route answers with X-Frame-Options DENY",
    items: ["ingress-headers"],
    severity: "high",
    frameworks: [],
    why: "A page that can be put into a frame can be made to take clicks that its user meant for something else.",
    mend: "Add `X-Frame-Options: DENY` under `action.proxy.responseHeaders.add` of every route, its splits and its matches; `pass` adds none, so write `proxy`.",
    kinds: ROUTERS,
    check: adds("X-Frame-Options", only("DENY")),
  },
  {
    ...ON_ROUTES,
    id: "ingress/content-type-options",
    title: "Every route answers with X-Content-Type-Options nosniff",
    severity: "high",
    why: "Without it browsers guess, and an uploaded picture that looks like a script runs as one.",
    mend: "Add `X-Content-Type-Options: nosniff` under `action.proxy.responseHeaders.add` of every route.",
    check: adds("X-Content-Type-Options", only("nosniff")),
  },
  {
    ...ON_ROUTES,
    id: "ingress/xss-protection",
    title: "Every route answers with X-XSS-Protection 1; mode=block",
    severity: "low",
    why: "Old browsers have a filter that, left alone, rewrites pages, which is a hole of its own; `mode=block` shows nothing instead.",
    mend: "Add `X-XSS-Protection: 1; mode=block` under `action.proxy.responseHeaders.add` of every route.",
    check: adds("X-XSS-Protection", only("1; mode=block")),
  },
  {
    ...ON_ROUTES,
    id: "ingress/csp-default",
    title: "The Content-Security-Policy of every route lets only the site itself in by default",
    severity: "high",
    why: "It is the second wall behind every injected script: what is not named can not be loaded, nor told of anywhere.",
    mend: "Add `Content-Security-Policy: default-src 'self'` (or 'none'), and name further sources in the directive that needs them, such as img-src.",
    check: adds("Content-Security-Policy", defaultSource),
  },
  {
    id: "ingress/csp-scripts",
    title: "No Content-Security-Policy admits scripts from anywhere or from the page's own text",
    items: ["ingress-headers"],
    severity: "high",
    frameworks: [],
    why: "A policy with 'unsafe-inline', 'unsafe-eval' or a wildcard for scripts stops no injected script at all, and looks as if it did.",
    mend: "Name hosts, nonces or hashes in script-src, script-src-elem and script-src-attr.",
    kinds: ROUTERS,
    check: (router, report) => eachProxied(router, (action) => judgeValues(added(action, "Content-Security-Policy").headers, scripts, report)),
  },
  {
    ...ON_ROUTES,
    id: "ingress/referrer-policy",
    title: "Every route keeps addresses from other sites",
    severity: "low",
    enforcement: "advisory",
    why: "The address of a page goes to every site that it links to or loads from, with the ids and tokens in it.",
    mend: "Add `Referrer-Policy: strict-origin-when-cross-origin`, or a stricter one, under `action.proxy.responseHeaders.add` of every route.",
    check: adds("Referrer-Policy", (text) => (REFERRER.includes(text.trim().toLowerCase()) ? undefined : `must be one of ${REFERRER.join(", ")}`)),
  },
  {
    id: "ingress/headers-always",
    title: "Security headers are added to error pages too",
    items: ["ingress-headers"],
    severity: "medium",
    frameworks: [],
    why: "NGINX adds a header to answers that succeed only, unless told `always`: the error page, which repeats what an attacker asked for, comes without protection.",
    mend: "Set `always: true` on each security header under `action.proxy.responseHeaders.add`.",
    kinds: ROUTERS,
    check: (router, report) => eachProxied(router, (action) => action.at("proxy.responseHeaders.add").each((header) => {
      const always = header.at("always");
      if (SECURITY_HEADERS.includes(header.at("name").text?.toLowerCase() ?? "") && always.flag !== true) report(always, `is ${setting(always)}, must be true`);
    })),
  },
  {
    id: "ingress/upstream-headers",
    title: "NGINX hides what the application says of itself",
    items: ["ingress-headers"],
    severity: "low",
    frameworks: [],
    why: "Names and versions of frameworks tell a scanner which known holes to try.",
    mend: "Name X-Powered-By under `action.proxy.responseHeaders.hide` of every route, and do not name Server under `pass`.",
    kinds: ROUTERS,
    check: checkHidden,
  },
  {
    id: "ingress/proxy-headers",
    title: "The application hears of clients what NGINX saw, not what they wrote",
    items: ["ingress-headers"],
    severity: "high",
    frameworks: [],
    why: "An application that is handed the client's own X-Forwarded-For believes any address, and limits, logs and locks follow the wrong one.",
    mend: "Set Host to `${host}`, X-Real-IP and X-Forwarded-For to `${remote_addr}`, X-Forwarded-Proto to `${scheme}` under `requestHeaders.set`, or leave them out: NGINX's defaults are the same.",
    kinds: ROUTERS,
    check: checkRequestHeaders,
  },
];
