import type { FastifyInstance, FastifyRequest } from "fastify";
import { randomUUID } from "node:crypto";
import { inspect } from "node:util";
import pino, { type DestinationStream, type Logger } from "pino";
import type { Env } from "../env.ts";
import { isHealth } from "./health.ts";
import { observationOf } from "./observation.ts";

export type Log = Logger;

export const createLog = (
  { logLevel: level, logFormat, production }: Pick<Env, "logLevel" | "logFormat" | "production">,
  destination?: DestinationStream,
): Log => {
  const isJson = logFormat === "json" || (logFormat === "auto" && production);
  const options = {
    level,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: serializeError },
  };
  return pino(options, isJson ? (destination ?? pino.destination({ dest: 1, sync: true })) : asText(destination));
};

interface ErrorLine {
  readonly type: string;
  readonly message: string;
  readonly stack?: string;
  readonly code?: string;
  readonly cause?: ErrorLine;
}

/** Other properties are omitted, because errors of the driver contain rows and parameters. */
const serializeError = (error: unknown, depth = 0): ErrorLine | undefined => {
  if (!(error instanceof Error)) return error === undefined ? undefined : { type: typeof error, message: inspect(error) };
  const { name, message, stack, cause } = error;
  const { code } = error as { code?: unknown };
  const inner = depth < 5 ? serializeError(cause, depth + 1) : undefined;
  return { type: name, message, ...(stack && { stack }), ...(typeof code === "string" && { code }), ...(inner && { cause: inner }) };
};

interface Line {
  readonly level: string;
  readonly msg?: string;
  readonly operation?: string;
  readonly err?: ErrorLine;
}

const asText = (destination?: DestinationStream): DestinationStream => ({
  write: (line) => {
    const { level, msg, operation, err } = JSON.parse(line) as Line;
    const text = `cchc-graph: ${[msg, operation].filter(Boolean).join(" ")}${err ? `\n${err.stack ?? err.message}` : ""}\n`;
    if (destination) destination.write(text);
    else (["warn", "error", "fatal"].includes(level) ? process.stderr : process.stdout).write(text);
  },
});

/** Gives every request an id, the client's or a new one, and logs one line at its end without its content. */
export const logRequests = (app: FastifyInstance, log: Log): void => {
  app.addHook("onRequest", (request, reply, done) => {
    request.id = requestIdOf(request);
    // Code that reads only the headers finds the id there.
    request.headers["x-request-id"] = request.id;
    void reply.header("x-request-id", request.id);
    const began = performance.now();
    reply.raw.once("close", () => {
      const status = reply.raw.writableFinished ? reply.raw.statusCode : 499;
      const level = isHealth(request.url) ? "debug" : status >= 500 ? "warn" : "info";
      if (log.isLevelEnabled(level)) log[level](lineOf(request, status, performance.now() - began), textOf(request, status));
    });
    done();
  });
};

const CLIENT_ID = /^[\w.-]{1,64}$/;

const requestIdOf = ({ headers }: FastifyRequest): string => {
  const given = headers["x-request-id"];
  return typeof given === "string" && CLIENT_ID.test(given) ? given : randomUUID();
};

const LONGEST_PATH = 200;

/** Without the query string, which may contain operations and secrets. */
const pathOf = ({ url }: FastifyRequest): string =>
  url
    .replace(/[?#].*$/s, "")
    .replaceAll(/[^\x21-\x7e]/g, "?")
    .slice(0, LONGEST_PATH);

const textOf = (request: FastifyRequest, status: number): string => `${request.method} ${pathOf(request)} ${status}`;

const lineOf = (request: FastifyRequest, status: number, ms: number) => {
  const { operation, statements, cost, codes } = observationOf(request);
  const actor = request.viewer?.actor;
  return {
    ...{ requestId: request.id, method: request.method, path: pathOf(request), status, ms: Math.round(ms * 10) / 10 },
    ...(operation !== null && { operation, statements }),
    ...(cost !== null && { cost }),
    ...(codes.size > 0 && { codes: [...codes] }),
    ...(actor && { actor }),
  };
};
