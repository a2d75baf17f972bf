import { context, propagation, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { setTimeout as sleep } from "node:timers/promises";
import type { Around } from "../../database/reader.ts";
import { ruleOf } from "../../lib/error-codes.ts";

export interface OperationSpan {
  readonly isRecording: boolean;
  readonly around: Around;
  readonly end: (codes: ReadonlySet<string>) => void;
}

const tracer = () => trace.getTracer("cchc-graph");

/** The headers may name the parent span, as a router's do. */
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
  stop(): Promise<void>;
}

const NONE: Telemetry = { stop: async () => {} };
/** A collector that does not answer must not delay the shutdown. */
const LONGEST_STOP_MS = 3000;

/** Tracing is configured by the standard variables of OpenTelemetry. */
const isAsked = (variables: NodeJS.ProcessEnv): boolean => {
  const exporter = variables["OTEL_TRACES_EXPORTER"];
  if (variables["OTEL_SDK_DISABLED"]?.toLowerCase() === "true" || exporter === "none") return false;
  return Boolean(exporter ?? variables["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] ?? variables["OTEL_EXPORTER_OTLP_ENDPOINT"]);
};

/** The part of `@opentelemetry/sdk-node` that is used; the SDK is an optional installation. */
interface Sdk {
  readonly NodeSDK: new (options: { serviceName: string; logRecordProcessors: []; metricReaders: [] }) => {
    start(): void;
    shutdown(): Promise<void>;
  };
}
const SDK: string = "@opentelemetry/sdk-node";

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
    const fail = (error: unknown) => warn(`OTEL_TRACES_EXPORTER: pending spans were not sent: ${String(error)}`);
    return { stop: () => Promise.race([sdk.shutdown().catch(fail), sleep(LONGEST_STOP_MS, undefined, { ref: false })]) };
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ERR_MODULE_NOT_FOUND") throw error;
    warn("OTEL_TRACES_EXPORTER: tracing is configured, but @opentelemetry/sdk-node is not installed; no traces are sent");
    return NONE;
  }
};
