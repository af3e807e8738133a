/** The collector's configuration, checked by the collector, and what it does with spans. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { pipeline, settings } from "../../components/monitoring/traces/pipeline.ts";
import { collectorProgram, RunningCollector, type Span, validate } from "./collectorRun.ts";

const OTLP = { kind: "otlp", endpoint: "https://otlp.example.com" } as const;
const XRAY = { kind: "xray", region: "us-east-1" } as const;
/** Stands in every secret of these tests, and nowhere else. */
const MARK = "zqXjMark";
const BUILD_MS = 900_000;

let program: string;
beforeAll(async () => { program = await collectorProgram(); }, BUILD_MS);

describe("the configuration", () => {
  test.each([OTLP, XRAY])("to $kind is one that the collector starts with", (destination) => {
    expect(validate(program, pipeline(destination))).toBe("");
  });

  test("with a mistake would be refused", () => {
    const wrong = settings(OTLP);
    expect(validate(program, stringify({ ...wrong, processors: { ...wrong.processors, redaction: { ...wrong.processors.redaction, blocked_keys: ["x"] } } }))).toContain("blocked_keys");
  });

  test("signs for X-Ray and for nothing else", () => {
    expect(settings(XRAY)).toMatchObject({ extensions: { sigv4auth: { region: "us-east-1", service: "xray" } }, exporters: { otlphttp: { traces_endpoint: "https://xray.us-east-1.amazonaws.com/v1/traces", auth: { authenticator: "sigv4auth" } } } });
    expect(JSON.stringify(settings(OTLP))).not.toMatch(/sigv4|xray/);
  });

  test("looks at memory first, redacts, batches last, and samples nowhere", () => {
    expect(settings(XRAY).service.pipelines.traces.processors).toEqual(["memory_limiter", "redaction", "batch"]);
  });
});

describe("spans", () => {
  let collector: RunningCollector;
  beforeAll(async () => { collector = await RunningCollector.start(program, OTLP); }, BUILD_MS);
  afterAll(async () => { await collector[Symbol.asyncDispose](); });

  const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
  const sent = async (span: Span): Promise<Span> => {
    await collector.send([span]);
    await collector.until(() => collector.spans.some(({ name }) => name === span.name));
    const found = collector.spans.find(({ name }) => name === span.name);
    if (found === undefined) throw new Error("the span is gone");
    return found;
  };
  const values = (span: Span) => Object.fromEntries((span.attributes ?? []).map(({ key, value }) => [key, Object.values(value)[0]]));

  test("lose the values of attributes whose names say secret, of any type, and in events", async () => {
    const out = await sent({
      name: "by-name",
      attributes: [text("db.password", MARK), text("http.request.header.Authorization", MARK), text("X-API-KEY", MARK), text("enduser.session", MARK), text("http.route", "/orders/{id}"), { key: "http.status_code", value: { intValue: "200" } }],
      events: [{ attributes: [text("refresh_token", MARK), text("exception.type", "Error")] }],
    });
    expect(JSON.stringify(out)).not.toContain(MARK);
    expect(values(out)).toMatchObject({ "http.route": "/orders/{id}", "http.status_code": "200" });
    expect(JSON.stringify(out.events)).toContain("exception.type");
  });

  test("lose what in their values is a secret: in addresses, headers, statements, tokens", async () => {
    const out = await sent({
      name: "by-value",
      attributes: [
        text("url.full", `https://shop.example.com/reset?access_token=${MARK}&page=2`), text("header", `Bearer ${MARK}.abc`), text("peer", `postgres://app:${MARK}@db:5432/app`),
        text("jwt", `eyJhbGciOi.${MARK}.${MARK}`), text("message", "order 17 is paid"),
      ],
    });
    expect(JSON.stringify(out)).not.toContain(MARK);
    expect(values(out)["message"]).toBe("order 17 is paid");
    expect(values(out)["url.full"]).toMatch(/^https:\/\/shop\.example\.com\/reset\?.*&page=2$/);
  });

  test("come through all of them: sampling is the application's", async () => {
    await collector.send(Array.from({ length: 300 }, (_, index) => ({ name: `all-${index}` })));
    await collector.until(() => collector.spans.filter(({ name }) => name.startsWith("all-")).length >= 300);
    expect(new Set(collector.spans.filter(({ name }) => name.startsWith("all-")).map(({ name }) => name)).size).toBe(300);
  });
});
