/** The blackbox exporter and what it is to look at: the routes that users take, and each color by its own Service. */
import * as pulumi from "@pulumi/pulumi";
import { COLORS } from "../../application/labels.ts";
import { internetOut, podsOf, tcp } from "../../networkRules.ts";
import { seriesOf } from "../alerts/metrics.ts";
import { podsMonitor, probe } from "./monitors.ts";
import { exporterServer, type Place } from "./server.ts";
import { settings } from "./settings.ts";

export interface BlackboxArgs {
  /** Image by digest, 0.23 or later. */
  image: string;
  /** Addresses that users take, such as `https://shop.example.com/health/ready`; each answers with 2xx, without a redirect. */
  publicUrls: string[];
  /** Path at which a pod says that it can serve. */
  readyPath: string;
}

const NAME = "blackbox-exporter";
const PORT = 9115;
/** Less than the scrape may take, so that a target that hangs is told as one, and not as an exporter that does. */
const PATIENCE = "5s";

/** What is asked, and what counts as an answer. */
const MODULES = {
  public: {
    prober: "http", timeout: PATIENCE,
    http: {
      method: "GET", preferred_ip_protocol: "ip4", follow_redirects: false, fail_if_not_ssl: true,
      // CloudFront takes nothing older (components/edge/distribution.ts).
      tls_config: { min_version: "TLS12" },
    },
  },
  color: { prober: "http", timeout: PATIENCE, http: { method: "GET", preferred_ip_protocol: "ip4", follow_redirects: false, fail_if_ssl: true } },
};

/**
 * Three pods, of which each probe asks one. The public routes are asked from outside of the VPC's own addresses, as users do, so
 * CloudFront, WAF, load balancer and NGINX are all on the way; a color is asked at its Service, live or idle.
 *
 * Costs 30m CPU and 96 MiB; and a request every 15 s of each Prometheus to each public route, some 350,000 a month, which
 * CloudFront, WAF and NAT count as any other (well below a dollar).
 */
export function blackbox(place: Place, { image, publicUrls, readyPath }: BlackboxArgs): void {
  const { args } = place;
  // JSON is YAML.
  const config = settings(place, NAME, { "blackbox.yml": JSON.stringify({ modules: MODULES }, undefined, 2) });
  exporterServer(place, {
    name: NAME,
    image,
    port: PORT,
    args: ["--config.file=/settings/blackbox.yml", "--log.format=json"],
    ready: { path: "/-/healthy" },
    replicas: 3,
    requests: { cpu: "10m", memory: "32Mi" },
    memory: "96Mi",
    reach: [internetOut(443), { to: [podsOf(args.app.namespace)], ports: tcp(args.app.port) }],
    volumes: [{ name: "settings", at: "/settings", source: { configMap: { name: config.metadata.name } } }],
  });
  podsMonitor(place, NAME);
  const exporter = { name: NAME, port: PORT };
  probe(place, exporter, { job: "public", module: "public", path: "/probe", targets: publicUrls, labels: { probe: "public" }, series: seriesOf("blackbox") });
  for (const color of COLORS) {
    const url = pulumi.interpolate`http://app-${color}.${args.app.namespace}.svc${readyPath}`;
    probe(place, exporter, { job: `color-${color}`, module: "color", path: "/probe", targets: [url], labels: { probe: "color", color }, series: seriesOf("blackbox") });
  }
}
