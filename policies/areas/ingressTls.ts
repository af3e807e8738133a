/** NGINX: TLS, redirects, what its ConfigMap says of both. */
import type { Resource, Stack } from "../resource.ts";
import { type Report, type Rule, setting } from "../rule.ts";
import type { Value } from "../value.ts";
import { annotation, CONFIG_MAP, INGRESS, isNginxConfig, isNginxIngress, VIRTUAL_SERVER } from "./ingressParts.ts";

const ALLOWED_PROTOCOLS = ["TLSv1.2", "TLSv1.3"];

/** Names of OpenSSL with forward secrecy and authenticated encryption, and the names of TLS 1.3. */
const STRONG_CIPHER = /^((ECDHE|DHE)-((ECDSA|RSA)-)?(AES(128|256)-(GCM-SHA(256|384)|CCM8?)|CHACHA20-POLY1305|(ARIA|CAMELLIA)(128|256)-GCM-SHA(256|384))|TLS_(AES_(128|256)_(GCM|CCM)|CHACHA20_POLY1305)_SHA(256|384))$/;
/** `ECDHE+AESGCM`: what both words say. */
const STRONG_GROUP = /^(?=.*\b(EECDH|ECDHE|EDH|DHE)\b)(?=.*\b(AESGCM|AESCCM|CHACHA20)\b)[A-Z0-9+]+$/;
/** `!aNULL`, `-SHA`, `@STRENGTH` take away or order, they let nothing in. */
const NO_CIPHER = /^[!\-@]/;

/** What is wrong with a list of ciphers as OpenSSL reads it. */
function weakCiphers(value: Value): string | undefined {
  const ciphers = (value.text ?? "").split(/[:, ]+/).filter((cipher) => cipher !== "" && !NO_CIPHER.test(cipher));
  if (ciphers.length === 0) return `is ${setting(value)}, must name ciphers, or NGINX takes OpenSSL's own list with CBC in it`;
  const weak = ciphers.filter((cipher) => !STRONG_CIPHER.test(cipher) && !STRONG_GROUP.test(cipher));
  return weak.length === 0 ? undefined : `admits ${weak.slice(0, 3).map((cipher) => setting(value, cipher)).join(", ")}, must be ECDHE or DHE with AES-GCM, AES-CCM or ChaCha20 only`;
}

function checkCiphers(resource: Resource, report: Report): void {
  const value = resource.is(CONFIG_MAP) ? resource.at("data").key("ssl-ciphers") : annotation(resource, "nginx.org/ssl-ciphers");
  if (!resource.is(CONFIG_MAP) && !value.exists) return;
  const wrong = weakCiphers(value);
  if (wrong !== undefined) report(value, wrong);
}

function checkIngressTls(ingress: Resource, report: Report): void {
  const entries = ingress.at("spec.tls").items;
  if (entries.length === 0) return report(ingress.at("spec.tls"), "is not set, so the hosts are served without TLS");
  const bare = entries.find((entry) => (entry.at("secretName").text ?? "") === "");
  if (bare !== undefined) return report(bare.at("secretName"), "is not set, must name the Secret with the certificate");
  const covered = entries.flatMap((entry) => entry.at("hosts").texts.map((host) => host.text));
  ingress.at("spec.rules").each((rule) => {
    const host = rule.at("host");
    if (host.exists && !covered.includes(host.text)) report(host, `is ${setting(host)}, which no entry of spec.tls has among its hosts`);
  });
}

/** The first of these that says something. */
function firstSaid(...values: Value[]): Value | undefined {
  return values.find((value) => value.exists);
}

function configs(stack: Stack): Resource[] {
  return stack.which([CONFIG_MAP], isNginxConfig);
}

/** An Ingress is redirected by its annotations, else by the ConfigMap, else by default (NGINX Ingress Controller 5, "ssl-redirect"). */
function relateRedirect(ingress: Resource, stack: Stack, report: Report): void {
  const data = (key: string): Value[] => configs(stack).map((map) => map.at("data").key(key));
  const behindProxy = firstSaid(annotation(ingress, "nginx.org/redirect-to-https"), ...data("redirect-to-https"));
  if (behindProxy?.flag === true) return;
  const redirect = firstSaid(annotation(ingress, "nginx.org/ssl-redirect"), annotation(ingress, "ingress.kubernetes.io/ssl-redirect"), ...data("ssl-redirect"));
  if (redirect?.flag === false) report(ingress, `is not redirected to HTTPS, because ${redirect.path} is false`);
}

const PERMANENT = [301, 308];
const YEAR = 31_536_000;

export const tlsRules: Rule[] = [
  {
    id: "ingress/settings-declared",
    title: "Routes come with NGINX's settings",
    items: ["ingress-tls"],
    severity: "high",
    frameworks: [],
    why: "Protocols, ciphers and the addresses that may name a client are set for all routes in one ConfigMap; without it NGINX's defaults apply, and nobody reviews them.",
    mend: "Declare the controller's ConfigMap `nginx-config` (or any with `ssl-protocols`) in the same stack.",
    kinds: [VIRTUAL_SERVER],
    // Files may hold a part; a whole stack always has this resource.
    applies: (_, stack) => stack.of("pulumi:pulumi:Stack").length > 0,
    relate: (server, stack, report) => {
      if (configs(stack).length === 0) report(server, "is declared without NGINX's ConfigMap, so that protocols and ciphers are left to defaults");
    },
  },
  {
    id: "ingress/tls-protocols",
    title: "NGINX speaks TLS 1.2 and 1.3 only",
    items: ["ingress-tls", "encryption-in-transit"],
    severity: "high",
    frameworks: ["PCI DSS 4.0.1: 4.2.1"],
    why: "TLS 1.0 and 1.1 have known weaknesses, browsers have dropped them, and one old client that still offers them lets an attacker choose them.",
    mend: "Set `ssl-protocols: \"TLSv1.2 TLSv1.3\"` in the controller's ConfigMap.",
    kinds: [CONFIG_MAP],
    applies: isNginxConfig,
    check: (map, report) => {
      const value = map.at("data").key("ssl-protocols");
      const named = (value.text ?? "").split(/\s+/).filter((one) => one !== "");
      if (named.length === 0 || named.some((one) => !ALLOWED_PROTOCOLS.includes(one))) report(value, `is ${setting(value)}, must be TLSv1.2 TLSv1.3`);
    },
  },
  {
    id: "ingress/ciphers",
    title: "NGINX offers strong ciphers only",
    items: ["ingress-tls", "encryption-in-transit"],
    severity: "high",
    frameworks: ["PCI DSS 4.0.1: 4.2.1"],
    why: "Without forward secrecy a key that is stolen tomorrow opens the traffic recorded today; RC4, 3DES, CBC, NULL, EXPORT and anonymous suites are broken outright.",
    mend: "Set `ssl-ciphers` in the controller's ConfigMap to suites such as `ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256`, and no `nginx.org/ssl-ciphers` annotation that widens it.",
    kinds: [CONFIG_MAP, INGRESS],
    applies: (resource) => resource.is(INGRESS) || isNginxConfig(resource),
    check: checkCiphers,
  },
  {
    id: "ingress/tls-terminated",
    title: "Every route is served with a certificate",
    items: ["ingress-tls", "encryption-in-transit"],
    severity: "critical",
    frameworks: ["PCI DSS 4.0.1: 4.2.1"],
    why: "A host without a certificate is served in plain text: passwords and sessions pass through the network readable.",
    mend: "Set `spec.tls.secret` of the VirtualServer, or `spec.tls` with `hosts` and `secretName` of the Ingress, for every host.",
    kinds: [VIRTUAL_SERVER, INGRESS],
    check: (router, report) => {
      if (router.is(INGRESS)) return checkIngressTls(router, report);
      const secret = router.at("spec.tls.secret");
      if ((secret.text ?? "") === "") report(secret, "is not set, so the host is served without TLS");
    },
  },
  {
    id: "ingress/https-redirect",
    title: "HTTP is redirected to HTTPS for good",
    items: ["ingress-tls"],
    severity: "medium",
    frameworks: [],
    why: "Who types the host without https stays on plain HTTP; a temporary redirect is asked for again each time, and each time somebody in between can answer first.",
    mend: "Set `spec.tls.redirect: { enable: true, code: 301 }` on the VirtualServer.",
    kinds: [VIRTUAL_SERVER],
    check: (server, report) => {
      const redirect = server.at("spec.tls.redirect");
      const enable = redirect.at("enable");
      if (enable.flag !== true) return report(enable, `is ${setting(enable)}, must be true`);
      const code = redirect.at("code");
      if (!PERMANENT.includes(code.number ?? 301)) report(code, `is ${setting(code)}, must be 301 or 308`);
    },
  },
  {
    id: "ingress/https-redirect-of-ingress",
    title: "Annotations and ConfigMap redirect an Ingress to HTTPS",
    items: ["ingress-tls"],
    severity: "medium",
    frameworks: [],
    why: "For an Ingress the redirect is on by default, and one line in an annotation or in the ConfigMap for all turns it off unseen.",
    mend: "Leave `ssl-redirect` true, or set `redirect-to-https: \"true\"` where a proxy in front ends TLS.",
    kinds: [INGRESS],
    applies: isNginxIngress,
    relate: relateRedirect,
  },
  {
    id: "ingress/redirect-code",
    title: "The redirect of every Ingress is permanent",
    items: ["ingress-tls"],
    severity: "low",
    frameworks: [],
    why: "A temporary redirect is asked for again each time over plain HTTP, and each time somebody in between can answer first.",
    mend: "Leave `http-redirect-code` (ConfigMap) and `nginx.org/http-redirect-code` (annotation) out, or set 301 or 308.",
    kinds: [CONFIG_MAP, INGRESS],
    applies: (resource) => resource.is(INGRESS) || isNginxConfig(resource),
    check: (resource, report) => {
      const code = resource.is(INGRESS) ? annotation(resource, "nginx.org/http-redirect-code") : resource.at("data").key("http-redirect-code");
      if (code.exists && !PERMANENT.includes(code.number ?? 0)) report(code, `is ${setting(code)}, must be 301 or 308`);
    },
  },
  {
    id: "ingress/hsts-defaults",
    title: "NGINX sends HSTS for every Ingress: a year, with subdomains",
    items: ["ingress-headers"],
    severity: "medium",
    frameworks: [],
    why: "NGINX's own default is no HSTS at all, and when it is turned on, 30 days without subdomains: a visitor who comes back later can be held on plain HTTP.",
    mend: "Set `hsts: \"true\"`, `hsts-max-age: \"31536000\"`, `hsts-include-subdomains: \"true\"` in the ConfigMap, and no annotation that takes less.",
    kinds: [CONFIG_MAP, INGRESS],
    applies: (resource) => resource.is(INGRESS) || isNginxConfig(resource),
    check: (resource, report) => {
      const whole = resource.is(CONFIG_MAP);
      const place = (key: string): Value => (whole ? resource.at("data").key(key) : annotation(resource, `nginx.org/${key}`));
      const mustBe = (key: string, right: (value: Value) => boolean, expected: string): void => resource.try(() => {
        const value = place(key);
        if ((whole || value.exists) && !right(value)) report(value, `is ${setting(value)}, must be ${expected}`);
      });
      mustBe("hsts", (value) => value.flag === true, "true");
      mustBe("hsts-max-age", (value) => (value.number ?? 0) >= YEAR, `${YEAR} at least`);
      mustBe("hsts-include-subdomains", (value) => value.flag === true, "true");
    },
  },
  {
    id: "ingress/server-tokens",
    title: "NGINX does not tell its version",
    items: ["ingress-headers"],
    severity: "low",
    frameworks: [],
    why: "The version in every answer tells a scanner which known holes to try.",
    mend: "Set `server-tokens: \"false\"` in the controller's ConfigMap, and no annotation that turns it on.",
    kinds: [CONFIG_MAP, INGRESS],
    applies: (resource) => resource.is(INGRESS) || isNginxConfig(resource),
    check: (resource, report) => {
      const whole = resource.is(CONFIG_MAP);
      const value = whole ? resource.at("data").key("server-tokens") : annotation(resource, "nginx.org/server-tokens");
      if ((whole || value.exists) && value.flag !== false) report(value, `is ${setting(value)}, must be false`);
    },
  },
];
