import { context, propagation, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { setTimeout as sleep } from "node:timers/promises";
import type { Around } from "../../database/reader.ts";
import { ruleOf } from "../../lib/error-codes.ts";

/** Of one operation. */
export interface OperationSpan {
  /** False where nobody wants the trace. */
  readonly isRecording: boolean;
  /** Runs a statement in a span of its own below this one. */
  readonly around: Around;
  /** With the codes of its errors. */
  readonly end: (codes: ReadonlySet<string>) => void;
}

const tracer = () => trace.getTracer("cchc-graph");

/** The headers may name the span above, as a router's do. */
export const startSpan = (name: string, type: string, headers: ReadonlyMap<string, string>): OperationSpan => {
  const above = propagation.extract(ROOT_CONTEXT, headers, { get: (from, key) => from.get(key), keys: (from) => [...from.keys()] });
  const attributes = { "graphql.operation.type": type, "graphql.operation.name": name };
  const span = tracer().startSpan(name, { kind: SpanKind.SERVER, attributes }, above);
  return {
    isRecording: span.isRecording(),
    around: (text, run) => inSpan(span, text(), run),
    end: (codes) => {
      const code = [...codes].find((one) => ruleOf(one).isOurs);
      if (code) span.setStatus({ code: SpanStatusCode.ERROR, message: code });
      span.end();
    },
  };
};

const inSpan = async <T>(parent: Span, text: string, run: () => Promise<T>): Promise<T> => {
  const attributes = { "db.system.name": "postgresql", "db.query.text": text };
  const span = tracer().startSpan("sql", { kind: SpanKind.CLIENT, attributes }, trace.setSpan(context.active(), parent));
  try {
    return await run();
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
};

export interface Telemetry {
  /** Sends what is left. */
  stop(): Promise<void>;
}

const NONE: Telemetry = { stop: async () => {} };
/** A collector that does not answer keeps nobody from stopping. */
const LONGEST_STOP_MS = 3000;

/** Traces are asked for by the standard variables of OpenTelemetry. */
const isAsked = (variables: NodeJS.ProcessEnv): boolean => {
  const exporter = variables["OTEL_TRACES_EXPORTER"];
  if (variables["OTEL_SDK_DISABLED"]?.toLowerCase() === "true" || exporter === "none") return false;
  return Boolean(exporter ?? variables["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] ?? variables["OTEL_EXPORTER_OTLP_ENDPOINT"]);
};

/** What is used of `@opentelemetry/sdk-node`, which whoever wants traces installs. */
interface Sdk {
  readonly NodeSDK: new (options: { serviceName: string; logRecordProcessors: []; metricReaders: [] }) => {
    start(): void;
    shutdown(): Promise<void>;
  };
}
const SDK: string = "@opentelemetry/sdk-node";

/** Sends traces where the environment asks for them and the SDK is installed. */
export const startTelemetry = async (
  variables: NodeJS.ProcessEnv,
  warn: (line: string) => void,
  load: () => Promise<Sdk> = () => import(SDK) as Promise<Sdk>,
): Promise<Telemetry> => {
  if (!isAsked(variables)) return NONE;
  try {
    const { NodeSDK } = await load();
    const sdk = new NodeSDK({ serviceName: variables["OTEL_SERVICE_NAME"] ?? "cchc-graph", logRecordProcessors: [], metricReaders: [] });
    sdk.start();
    const fail = (error: unknown) => warn(`OTEL_TRACES_EXPORTER: what was left was not sent: ${String(error)}`);
    return { stop: () => Promise.race([sdk.shutdown().catch(fail), sleep(LONGEST_STOP_MS, undefined, { ref: false })]) };
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ERR_MODULE_NOT_FOUND") throw error;
    warn("OTEL_TRACES_EXPORTER: traces are asked for, but @opentelemetry/sdk-node is not installed; there are none");
    return NONE;
  }
};
