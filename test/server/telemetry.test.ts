import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { startTelemetry } from "../../src/server/running/telemetry.ts";
import { startService } from "../support/client.ts";

interface ReceivedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[];
}

/** What takes traces as JSON, as a collector does. */
const collect = async () => {
  const spans: ReceivedSpan[] = [];
  const server = createServer((request, reply) => {
    let body = "";
    request.on("data", (bytes) => (body += String(bytes)));
    request.on("end", () => {
      const { resourceSpans } = JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: ReceivedSpan[] }[] }[] };
      spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
      reply.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", () => done()));
  onTestFinished(() => void server.close());
  return { spans, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
};

const withVariables = (variables: Record<string, string>) => {
  Object.assign(process.env, variables);
  onTestFinished(() => {
    for (const name of Object.keys(variables)) delete process.env[name];
  });
};

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const ABOVE = "b7ad6b7169203331";

describe("traces", () => {
  it("cause a warning if the SDK is configured but missing, and none otherwise", async () => {
    const lines: string[] = [];
    const name: string = "@opentelemetry/sdk-node-that-is-not-there";
    const missing = () => import(name) as Promise<never>;
    const telemetry = await startTelemetry({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1" }, (line) => lines.push(line), missing);
    await telemetry.stop();
    for (const variables of [{}, { OTEL_TRACES_EXPORTER: "none", OTEL_EXPORTER_OTLP_ENDPOINT: "x" }, { OTEL_SDK_DISABLED: "true" }])
      await startTelemetry(variables, (line) => lines.push(line), missing);
    expect(lines).toEqual([expect.stringMatching(/^OTEL_TRACES_EXPORTER: .*@opentelemetry\/sdk-node is not installed/)]);
  });

  it("contain a span of the operation below the client's, and one of each statement below that", async () => {
    const { spans, url } = await collect();
    withVariables({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_PROTOCOL: "http/json" });
    const telemetry = await startTelemetry(process.env, (line) => expect.unreachable(line));
    const service = await startService("EMPTY");
    onTestFinished(() => service.close());
    const answer = await fetch(service.server.url, {
      method: "POST",
      headers: { "content-type": "application/json", traceparent: `00-${TRACE}-${ABOVE}-01` },
      body: JSON.stringify({ query: "query Mine { procedures(first: 1) { nodes { code } } }" }),
    });
    await answer.text();
    await telemetry.stop();
    const operation = spans.find(({ parentSpanId }) => parentSpanId === ABOVE);
    expect(operation).toMatchObject({ name: "other", traceId: TRACE });
    const statements = spans.filter(({ parentSpanId }) => parentSpanId === operation!.spanId);
    expect(statements.map(({ name, traceId }) => [name, traceId])).toEqual([["sql", TRACE]]);
    expect(statements[0]!.attributes).toContainEqual({
      key: "db.query.text",
      value: { stringValue: expect.stringContaining("from procedure") as string },
    });
  });
});
