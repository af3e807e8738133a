/** Keys of what people look at: Grafana, and the addresses to which alerts lead. */
import { z } from "zod";
import * as f from "./fields.ts";
import { key } from "./fields.ts";

/** Nothing that ends a value in Grafana's settings, and no user or fragment. */
const address = z.string().regex(/^https:\/\/[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?(\/[A-Za-z0-9._~/-]*)?$/, "an https address such as https://id.example.com/authorize, without a query");
const group = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9 ._:@/-]{0,127}$/, "a group: letters, digits, space and . _ : @ / -");
const word = (what: string) => z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,254}$/, what);

export const links = z.strictObject({
  runbooks: key(address.optional(), { description: "Folder of the runbooks (docs/runbooks) where people read them; every alert and panel links to its own. Without it alerts name the path in the repository.", example: "https://git.example.com/platform/shop-environment/docs/runbooks" }),
  grafana: key(address.optional(), { description: "Address of Grafana: alerts link to their dashboards there. Grafana of this stack has no public way: by `kubectl port-forward --namespace monitoring deployment/grafana 3000` its address is https://localhost:3000; another one is a way inside your network that you bring to its pods.", example: "https://localhost:3000" }),
}).optional();

/** For as long as the audit trail (REQUIREMENTS, audit and SIEM). */
const AUDIT_DAYS = 2555;
const days = (what: string, example: number) => key(f.logRetention, { description: `Days for which ${what} are kept.`, unit: "days", example });

export const logs = z.strictObject({
  applicationDays: days("lines of the application", 90),
  ingressDays: days("lines of NGINX", 90),
  systemDays: days("lines of cluster services, jobs and monitoring", 30),
  auditDays: key(z.union(f.LOG_RETENTION_DAYS.filter((count) => count >= AUDIT_DAYS).map((count) => z.literal(count))), { description: "Days for which lines of the application that say `\"audit\": true` are kept; 2555 at least, and CloudWatch Logs takes only fixed periods.", unit: "days", example: 2557 }),
});

export const traces = z.strictObject({
  endpoint: key(address.optional(), { description: "Where traces are sent by OTLP over HTTP, to `<endpoint>/v1/traces`. Without it AWS X-Ray of the region, whose Transaction Search must be on in the account.", example: "https://otlp.example.com" }),
}).optional();

export const errorTracking = z.strictObject({
  host: key(f.host, { description: "Host that takes the application's errors, by HTTPS; that of the DSN.", example: "errors.example.com" }),
}).optional();

export const grafana = z.strictObject({
  authorizeUrl: key(address, { description: "`authorization_endpoint` of the identity provider's discovery document.", example: "https://id.example.com/oauth2/authorize" }),
  tokenUrl: key(address, { description: "`token_endpoint` of that document.", example: "https://id.example.com/oauth2/token" }),
  userInfoUrl: key(address, { description: "`userinfo_endpoint` of that document.", example: "https://id.example.com/oauth2/userinfo" }),
  clientId: key(word("a client id: letters, digits and . _ : / -"), { description: "Grafana's client at the identity provider; its secret is `grafanaClientSecret`, and its callback `<monitoring.links.grafana>/login/generic_oauth`.", example: "grafana" }),
  scopes: key(z.array(word("a scope")).min(1).optional(), { description: "Scopes that are asked for; openid, profile, email and groups when none are said. With `offline_access` sessions are checked by refresh tokens.", example: ["openid", "profile", "email", "groups"] }),
  groupsClaim: key(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, "the name of a claim").optional(), { description: "Claim that holds the groups of a person; `groups` when it is not said.", example: "groups" }),
  groups: key(z.strictObject({
    admins: key(z.array(group).max(20).optional(), { description: "Groups whose members may do everything in Grafana; what they change by hand is gone with the next pod.", example: ["platform"] }),
    viewers: key(z.array(group).min(1).max(20), { description: "Groups whose members may look.", example: ["engineering"] }),
  }), { description: "Who may come in; who is in none of these groups is refused.", example: { admins: ["platform"], viewers: ["engineering"] } }),
}).optional();
