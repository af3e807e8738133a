/** Gateway API: the same as for NGINX, where somebody declares a Gateway. */
import type { Resource, Stack } from "../resource.ts";
import { type Report, type Rule, setting } from "../rule.ts";
import type { Value } from "../value.ts";

const GATEWAY = "k8s:gateway.networking.k8s.io:Gateway";
const HTTP_ROUTE = "k8s:gateway.networking.k8s.io:HTTPRoute";
const TRANSPORT_SERVER = "k8s:k8s.nginx.org:TransportServer";

function checkListeners(gateway: Resource, report: Report): void {
  gateway.at("spec.listeners").each((listener) => {
    const protocol = listener.at("protocol").text;
    if (protocol !== "HTTPS" && protocol !== "TLS") return;
    const tls = listener.at("tls");
    if (tls.at("mode").text !== "Passthrough" && tls.at("certificateRefs").items.length === 0) report(listener, "names no certificate in tls.certificateRefs");
  });
}

/** The plain listeners of declared Gateways to which a route attaches itself. */
function plainListeners(route: Resource, stack: Stack): Value[] {
  return route.at("spec.parentRefs").items.flatMap((parent) => {
    const [name, namespace, section] = [parent.at("name").text, parent.at("namespace").text ?? route.namespace, parent.at("sectionName").text];
    return stack.of(GATEWAY)
      .filter((gateway) => gateway.objectName === name && gateway.namespace === namespace)
      .flatMap((gateway) => gateway.at("spec.listeners").items)
      .filter((listener) => listener.at("protocol").text === "HTTP" && (section === undefined || listener.at("name").text === section));
  });
}

function redirects(rule: Value): boolean {
  return rule.at("filters").items.some((filter) => filter.at("type").text === "RequestRedirect" && filter.at("requestRedirect.scheme").text === "https");
}

function relatePlain(route: Resource, stack: Stack, report: Report): void {
  if (plainListeners(route, stack).length === 0) return;
  route.at("spec.rules").each((rule) => {
    if (!redirects(rule)) report(rule, "serves a listener without TLS, must redirect to https or attach to the HTTPS listener only");
  });
}

export const gatewayRules: Rule[] = [
  {
    id: "ingress/gateway-certificate",
    title: "The TLS listeners of a Gateway have a certificate",
    items: ["ingress-tls", "encryption-in-transit"],
    severity: "high",
    frameworks: [],
    why: "A listener without a certificate is not programmed: the Gateway is there, and every connection to it fails.",
    mend: "Set `tls.certificateRefs` of each HTTPS or TLS listener, or `tls.mode: Passthrough`.",
    kinds: [GATEWAY],
    check: checkListeners,
  },
  {
    id: "ingress/gateway-redirect",
    title: "Routes of a Gateway serve over TLS, and redirect from plain HTTP",
    items: ["ingress-tls", "encryption-in-transit"],
    severity: "high",
    frameworks: [],
    why: "A route without `sectionName` attaches to every listener of its Gateway, the plain one included, and serves passwords and sessions there.",
    mend: "Name the HTTPS listener in `parentRefs[].sectionName`; for the plain one declare a route whose rules have a RequestRedirect to https.",
    kinds: [HTTP_ROUTE],
    relate: relatePlain,
  },
  {
    id: "ingress/transport-tls",
    title: "What NGINX forwards without HTTP is encrypted too",
    items: ["ingress-tls", "encryption-in-transit"],
    severity: "high",
    frameworks: [],
    why: "A plain TCP listener carries whatever protocol is behind it, credentials included, readable through the network.",
    mend: "Set `spec.tls.secret` of the TransportServer, or use the listener `tls-passthrough`.",
    kinds: [TRANSPORT_SERVER],
    check: (server, report) => {
      const protocol = server.at("spec.listener.protocol");
      const secret = server.at("spec.tls.secret");
      if (protocol.text === "TCP" && (secret.text ?? "") === "") report(secret, `is ${setting(secret)}, must name the Secret with the certificate`);
    },
  },
];
