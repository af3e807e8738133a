/**
 * A strict stand-in for AWS services that no local server answers (CloudWatch, RDS, ECR, KMS, ACM, EKS, SSM, Secrets
 * Manager). Only the operations that a test names are known; every request must be signed with Signature Version 4.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Call {
  /** Service as signed: `monitoring`, `rds`, `ecr`, … */
  service: string;
  operation: string;
  parameters: Record<string, unknown>;
}

/** What an operation answers: a JSON object, an XML result for query services, or an error. */
export type Answer = { json: unknown } | { xml: string } | { error: string; status?: number };
export type Handlers = Record<string, (parameters: Record<string, unknown>, call: Call) => Answer | Promise<Answer>>;

export interface FakeAws {
  url: string;
  calls: Call[];
  /** Requests that were refused: not signed or not known. */
  refused: string[];
  of: (operation: string) => Call[];
  /** Metrics that arrived, as `name{job}=value`. */
  metrics(): string[];
  stop(): Promise<void>;
}

const SIGNED = /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request, ?SignedHeaders=[^,]*host[^,]*, ?Signature=[0-9a-f]{64}$/;

/** Starts the server on the loopback address; `PutMetricData` is always known. */
export async function startFakeAws(handlers: Handlers): Promise<FakeAws> {
  const calls: Call[] = [];
  const refused: string[] = [];
  const known: Handlers = { PutMetricData: () => ({ xml: "" }), ...handlers };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const signed = SIGNED.exec(request.headers.authorization ?? "");
      const call = parse(request, Buffer.concat(chunks).toString(), signed?.[2] ?? "");
      const handler = known[call.operation];
      if (signed === null || handler === undefined) {
        refused.push(signed === null ? `${call.operation}: not signed` : `${call.service} ${call.operation}: not expected`);
        respond(response, { error: signed === null ? "MissingAuthenticationToken" : "InvalidAction" }, call);
        return;
      }
      calls.push(call);
      void Promise.resolve(handler(call.parameters, call)).then((answer) => { respond(response, answer, call); });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    refused,
    of: (operation) => calls.filter((call) => call.operation === operation),
    metrics: () => calls.filter((call) => call.operation === "PutMetricData").flatMap((call) => metricsOf(call.parameters)),
    stop: async () => await new Promise((resolve) => { server.closeAllConnections(); server.close(() => resolve()); }),
  };
}

/** The three protocols: query (form), JSON (x-amz-target), REST (method and path). */
function parse(request: IncomingMessage, body: string, service: string): Call {
  const target = request.headers["x-amz-target"];
  if (typeof target === "string") {
    return { service, operation: target.split(".").at(-1) ?? "", parameters: JSON.parse(body === "" ? "{}" : body) as Record<string, unknown> };
  }
  if (request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true) {
    const form = Object.fromEntries(new URLSearchParams(body));
    return { service, operation: form["Action"] ?? "", parameters: form };
  }
  const path = (request.url ?? "").split("?")[0] ?? "";
  return { service, operation: `${request.method} ${path}`, parameters: (body === "" ? {} : JSON.parse(body)) as Record<string, unknown> };
}

function respond(response: ServerResponse, answer: Answer, call: Call): void {
  const query = /^[A-Za-z]+$/.test(call.operation) && ["monitoring", "rds"].includes(call.service);
  if ("error" in answer) {
    response.statusCode = answer.status ?? 400;
    response.setHeader("x-amzn-errortype", answer.error);
    response.end(query
      ? `<ErrorResponse><Error><Code>${answer.error}</Code><Message>refused by the test</Message></Error></ErrorResponse>`
      : JSON.stringify({ __type: answer.error, message: "refused by the test" }));
    return;
  }
  if ("xml" in answer) {
    response.setHeader("content-type", "text/xml");
    response.end(`<${call.operation}Response><${call.operation}Result>${answer.xml}</${call.operation}Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></${call.operation}Response>`);
    return;
  }
  response.setHeader("content-type", "application/x-amz-json-1.1");
  response.end(JSON.stringify(answer.json));
}

function metricsOf(form: Record<string, unknown>): string[] {
  const found: string[] = [];
  for (let index = 1; form[`MetricData.member.${index}.MetricName`] !== undefined; index++) {
    const member = `MetricData.member.${index}`;
    found.push(`${String(form[`${member}.MetricName`])}{${String(form[`${member}.Dimensions.member.1.Value`])}}=${Number(form[`${member}.Value`])}`);
  }
  return found;
}
