/** NGINX: what it admits, how much of it, and what would go around it. */
import { SERVERS } from "../kinds.ts";
import type { Resource, Stack } from "../resource.ts";
import { type Report, type Rule, setting } from "../rule.ts";
import type { Value } from "../value.ts";
import { gatewayRules } from "./ingressGateway.ts";
import { headerRules } from "./ingressHeaders.ts";
import { limitRules } from "./ingressLimits.ts";
import { annotation, CHARTS, CONFIG_MAP, INGRESS, isControllerChart, isNginxConfig, ROUTERS, routesOf, VIRTUAL_SERVER } from "./ingressParts.ts";
import { tlsRules } from "./ingressTls.ts";

const TRANSPORT_SERVER = "k8s:k8s.nginx.org:TransportServer";
const SERVICE = "k8s:core:Service";
const MIB = 1024 ** 2;
const BODY_LIMIT_MB = 50;

/** `50m`, `512k`, `1g`, bytes; NGINX takes 0 for no limit. */
function bodyBytes(text: string): number {
  const [, digits, unit] = /^(\d+)([kmg]?)$/i.exec(text) ?? [];
  const bytes = Number(digits ?? Infinity) * ({ k: 1024, m: MIB, g: 1024 * MIB }[unit?.toLowerCase() ?? ""] ?? 1);
  return bytes === 0 ? Infinity : bytes;
}

function checkBodyLimit(resource: Resource, report: Report): void {
  const places = resource.is(...ROUTERS)
    ? resource.at("spec.upstreams").items.map((upstream) => upstream.at("client-max-body-size"))
    : [resource.is(CONFIG_MAP) ? resource.at("data").key("client-max-body-size") : annotation(resource, "nginx.org/client-max-body-size")];
  for (const place of places) {
    resource.try(() => {
      if (place.exists && bodyBytes(place.text ?? "") > BODY_LIMIT_MB * MIB) report(place, `is ${setting(place)}, must be ${BODY_LIMIT_MB}m at most`);
    });
  }
}

export const SNIPPET_KEYS = ["main-snippets", "http-snippets", "server-snippets", "location-snippets", "stream-snippets"];

/** Every place where somebody writes NGINX's own language. */
function snippetsOf(resource: Resource): Value[] {
  if (resource.is(INGRESS)) return ["nginx.org/server-snippets", "nginx.org/location-snippets"].map((key) => annotation(resource, key));
  if (resource.is(CONFIG_MAP)) return SNIPPET_KEYS.map((key) => resource.at("data").key(key));
  if (resource.is(TRANSPORT_SERVER)) return [resource.at("spec.serverSnippets"), resource.at("spec.streamSnippets")];
  const ofRoutes = routesOf(resource).items.map((route) => route.at("location-snippets"));
  return [resource.at("spec.http-snippets"), resource.at("spec.server-snippets"), ...ofRoutes];
}

/** The controller's own switch: in the chart's values, or among the arguments of its container. */
function checkSnippetsOff(resource: Resource, report: Report): void {
  if (resource.is(...CHARTS)) {
    const enabled = resource.at("values.controller.enableSnippets");
    if (enabled.flag === true) report(enabled, "is true, must be false");
    return;
  }
  resource.at("spec.template.spec.containers").each((container) => {
    for (const argument of container.at("args").texts) {
      if (/^--?enable-snippets(=true)?$/.test(argument.text ?? "")) report(argument, `is ${setting(argument)}, must be left out`);
    }
  });
}

function wildcard(host: Value): string | undefined {
  const text = host.text ?? "";
  if (text === "") return "is not set, so that the route answers for every name";
  return text.includes("*") ? `is ${setting(host)}, must be one name` : undefined;
}

function checkHost(router: Resource, report: Report): void {
  const hosts = router.is(INGRESS) ? router.at("spec.rules").items.map((rule) => rule.at("host")) : [router.at("spec.host")];
  for (const host of hosts) {
    router.try(() => {
      const wrong = wildcard(host);
      if (wrong !== undefined) report(host, wrong);
    });
  }
  const fallback = router.at("spec.defaultBackend");
  if (router.is(INGRESS) && fallback.exists) report(fallback, "answers for every name that no rule knows");
}

/** Only NGINX's own Service may be reached on the nodes, which the load balancer does. Load balancers of Services are another rule's matter. */
function checkBypass(service: Resource, report: Report): void {
  service.try(() => {
    const external = service.at("spec.externalIPs");
    if (external.texts.length > 0) report(external, "lets the cluster answer for addresses around the load balancer and its WAF");
  });
  const type = service.at("spec.type");
  if (type.text === "NodePort" && service.at("spec.selector").key("app.kubernetes.io/name").text !== "nginx-ingress") report(type, "is NodePort, which answers on every node around NGINX; must be ClusterIP");
}

/** Annotations and class of kubernetes/ingress-nginx, which gets no fixes any more. */
function checkRetired(resource: Resource, report: Report): void {
  if (resource.is(INGRESS)) {
    const old = resource.at("metadata.annotations").entries.find(([key]) => key.startsWith("nginx.ingress.kubernetes.io/"));
    if (old !== undefined) report(old[1], "is for kubernetes/ingress-nginx, which is retired, and means nothing to F5's controller");
    return;
  }
  const controller = resource.at("spec.controller");
  if (controller.text === "k8s.io/ingress-nginx") report(controller, "is kubernetes/ingress-nginx, which is retired; must be nginx.org/ingress-controller");
}

/** An upstream is a Service of the router's namespace: without it NGINX answers 502 (virtualserver.go, upstreams without endpoints). */
function relateService(router: Resource, stack: Stack, report: Report): void {
  router.at("spec.upstreams").each((upstream) => {
    const service = upstream.at("service");
    const found = stack.inNamespace(router.namespace, SERVICE).some((one) => one.objectName === service.text);
    if (!found) report(service, `is ${setting(service)}, which is no declared Service of the namespace`);
  });
}

const CLASSED = [INGRESS, ...ROUTERS, TRANSPORT_SERVER];

const routeRules: Rule[] = [
  {
    id: "ingress/body-limit",
    title: "A request body has at most 50 MB",
    items: ["ingress-rate-limits"],
    severity: "medium",
    frameworks: [],
    why: "Bodies are written to NGINX's disk before they reach the application: without a bound a handful of uploads fills it, and every route fails.",
    mend: "Set `client-max-body-size` to 50m or less in the ConfigMap, in `upstreams[]`, in the `nginx.org/client-max-body-size` annotation; 0 means no limit.",
    kinds: [CONFIG_MAP, INGRESS, ...ROUTERS],
    applies: (resource) => !resource.is(CONFIG_MAP) || isNginxConfig(resource),
    check: checkBodyLimit,
  },
  {
    id: "ingress/no-snippets",
    title: "Nobody writes NGINX's own language into a route",
    items: ["ingress-headers", "ingress-tls"],
    severity: "high",
    closed: true,
    frameworks: [],
    why: "A snippet can take back every setting that is checked here, and read the files of NGINX, certificates and tokens included.",
    mend: "Say it with fields of VirtualServer, VirtualServerRoute, Policy and keys of the ConfigMap.",
    kinds: [INGRESS, CONFIG_MAP, TRANSPORT_SERVER, ...ROUTERS],
    applies: (resource) => !resource.is(CONFIG_MAP) || isNginxConfig(resource),
    check: (resource, report) => {
      for (const snippet of snippetsOf(resource)) {
        resource.try(() => {
          if (snippet.exists) report(snippet, "is set, must be left out");
        });
      }
    },
  },
  {
    id: "ingress/snippets-off",
    title: "The controller does not run snippets",
    items: ["ingress-headers", "ingress-tls"],
    severity: "high",
    frameworks: [],
    why: "With snippets on, whoever may write a route in one namespace may write any directive of the NGINX that serves all of them.",
    mend: "Set `controller.enableSnippets: false` in the chart's values, and leave `-enable-snippets` out of the arguments.",
    kinds: [...CHARTS, ...SERVERS, "k8s:apps:DaemonSet"],
    applies: (resource) => !resource.is(...CHARTS) || isControllerChart(resource),
    check: checkSnippetsOff,
  },
  {
    id: "ingress/host",
    title: "A route answers for names that somebody wrote down",
    items: ["ingress-tls"],
    severity: "medium",
    frameworks: [],
    why: "A route for every name serves what attackers point at it, and takes names that another team was about to use.",
    mend: "Name each host in full in `spec.host` of the VirtualServer or `spec.rules[].host` of the Ingress, and leave `defaultBackend` out.",
    kinds: [VIRTUAL_SERVER, INGRESS],
    check: checkHost,
  },
  {
    id: "ingress/class",
    title: "Every route says which controller serves it",
    items: ["ingress-tls"],
    severity: "medium",
    frameworks: [],
    why: "A route without a class is taken by every controller that finds it, with the settings of each.",
    mend: "Set `spec.ingressClassName`.",
    kinds: CLASSED,
    check: (resource, report) => {
      const name = resource.at("spec.ingressClassName");
      if ((name.text ?? "") === "") report(name, "is not set");
    },
  },
  {
    id: "ingress/upstream-service",
    title: "Every upstream is a Service that is declared",
    items: ["live-selector"],
    severity: "high",
    frameworks: [],
    why: "NGINX answers 502 for an upstream whose Service is not there, and nothing refuses the route before.",
    mend: "Name a Service of the same namespace in `spec.upstreams[].service`.",
    kinds: ROUTERS,
    applies: (_, stack) => stack.of("pulumi:pulumi:Stack").length > 0,
    relate: relateService,
  },
  {
    id: "ingress/no-bypass",
    title: "Nothing in the cluster is reached on nodes or addresses of its own",
    items: ["network-exposure", "ingress-tls"],
    severity: "high",
    closed: true,
    frameworks: [],
    why: "A Service with a node port or an external address answers without TLS, headers and rate limits to everything that reaches the nodes.",
    mend: "Make it `type: ClusterIP` and route to it by a VirtualServer; only NGINX's own Service may be NodePort.",
    kinds: [SERVICE],
    check: checkBypass,
  },
  {
    id: "ingress/retired-controller",
    title: "No route is written for the retired ingress-nginx",
    items: ["ingress-tls"],
    severity: "high",
    frameworks: [],
    why: "kubernetes/ingress-nginx gets no security fixes any more; F5's controller ignores its annotations, so that limits and redirects written in them are not there.",
    mend: "Write a VirtualServer, or `nginx.org/…` annotations, and the class of F5's controller.",
    kinds: [INGRESS, "k8s:networking:IngressClass"],
    check: checkRetired,
  },
];

export const rules: Rule[] = [...tlsRules, ...headerRules, ...limitRules, ...routeRules, ...gatewayRules];
