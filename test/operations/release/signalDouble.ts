/** An API server that knows two Deployments, Prometheus's query and Alertmanager's silences behind its proxy, and nothing else: every other request is an error of the test. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Api } from "../../../operations/cluster/api.ts";
import { ROOT, stackConfig } from "../../../operations/stacks.ts";
import type { Stage } from "../../../operations/release/stage.ts";
import { signalQuery } from "../../../stacks/config/releaseSignals.ts";

const QUERY = "/api/v1/namespaces/monitoring/services/prometheus:web/proxy/api/v1/query";
const SILENCES = "/api/v1/namespaces/monitoring/services/alertmanager-operated:web/proxy/api/v2/silences";
const SILENCE = "/api/v1/namespaces/monitoring/services/alertmanager-operated:web/proxy/api/v2/silence/";

export interface Reply { status: number; body: unknown }

export class SignalDouble {
  /** What Prometheus answers; nothing: it hangs until the double is closed. */
  prometheus: (() => Reply) | undefined = () => vector([]);
  alertmanager: (what: "make" | "lift", sent: unknown) => Reply = (what) => ({ status: 200, body: what === "make" ? { silenceID: "id" } : "" });
  /** Windows that were asked about, in seconds. */
  readonly windows: number[] = [];
  readonly strange: string[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      void this.#answer(request).then((reply) => {
        if (reply === undefined) return;
        response.writeHead(reply.status, { "content-type": "application/json" });
        response.end(typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body));
      });
    });
  }

  static async start(): Promise<SignalDouble> {
    const double = new SignalDouble();
    await new Promise<void>((resolve) => double.#server.listen(0, "127.0.0.1", resolve));
    return double;
  }

  api(): Api {
    return new Api({ server: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`, context: "test", tls: {}, headers: {} }, 0);
  }

  /** A stage as far as signals care, with these values of `release.signals` and of the release. */
  stage(signals: Partial<Stage["config"]["release"]["signals"]> = {}, more: { prometheus?: string | undefined; alertmanager?: string; budgetSeconds?: number } = {}): Stage {
    const config = stackConfig("sandbox", ROOT);
    const { prometheus = "prometheus", alertmanager, budgetSeconds = 1 } = more;
    const images = { ...config.images, prometheus: "prometheus" in more ? more.prometheus : prometheus, ...(alertmanager === undefined ? {} : { alertmanager }) };
    return { stack: "sandbox", namespace: "shop", api: this.api(), config: { ...config, images, release: { ...config.release, budgetSeconds, signals: { ...config.release.signals, ...signals } } } } as unknown as Stage;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage): Promise<Reply | undefined> {
    const url = new URL(request.url ?? "/", "http://double");
    const what = `${request.method ?? ""} ${url.pathname}`;
    if (/^GET \/apis\/apps\/v1\/namespaces\/shop\/deployments\/app-(blue|green)$/.test(what)) return { status: 200, body: deployment() };
    if (what === `GET ${QUERY}`) {
      const window = Number(/http_requests_total\{[^}]*\}\[(\d+)s\]/.exec(url.searchParams.get("query") ?? "")?.[1]);
      if (url.searchParams.get("query") !== signalQuery("shop", window)) this.strange.push(what);
      this.windows.push(window);
      return this.prometheus?.();
    }
    if (what === `POST ${SILENCES}` && request.headers["content-type"] === "application/json") return this.alertmanager("make", JSON.parse(await textOf(request)));
    if (what.startsWith(`DELETE ${SILENCE}`)) return this.alertmanager("lift", url.pathname.slice(SILENCE.length));
    this.strange.push(what);
    return { status: 404, body: { kind: "Status", message: "the server could not find the requested resource" } };
  }
}

/** Half a core and 100 MiB, by two containers. */
function deployment(): unknown {
  return { metadata: { name: "app" }, spec: { template: { spec: { containers: [{ resources: { limits: { cpu: "300m", memory: "64Mi" } } }, { resources: { limits: { cpu: 0.2, memory: "36Mi" } } }] } } } };
}

/** An answer of Prometheus with these values: color, signal, value. */
export function vector(samples: readonly [name: string, signal: string, value: number | string][]): Reply {
  return { status: 200, body: { status: "success", data: { resultType: "vector", result: samples.map(([name, signal, value]) => ({ metric: { color: name, signal }, value: [1_700_000_000.123, String(value)] })) } } };
}

/** A color that is well, with other values where they are given; `undefined` leaves a figure out. */
export function color(name: string, other: Partial<Record<string, number | string | undefined>> = {}): [string, string, number | string][] {
  const values = { pods: 2, requests: 1000, p95: 0.05, p99: 0.2, cpu: 0.1, memory: 50 * 1024 ** 2, ...other };
  return Object.entries(values).flatMap(([signal, value]): [string, string, number | string][] => (value === undefined ? [] : [[name, signal, value]]));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
