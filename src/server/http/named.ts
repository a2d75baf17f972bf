import type { FastifyInstance, FastifyReply, FastifyRequest, onSendHookHandler } from "fastify";
import { createHash } from "node:crypto";

/** Adds to what a cache has to look at before it gives an answer to another request. */
export const varyBy = (reply: FastifyReply, ...names: readonly string[]): void => {
  const known = [reply.getHeader("vary") ?? []].flat().flatMap((text) =>
    String(text)
      .toLowerCase()
      .split(/\s*,\s*/),
  );
  void reply.header("vary", [...new Set([...known, ...names])].join(", "));
};

/** A coding makes another text of the same, which has a name of its own. */
const CODED = /-(?:br|gzip)$/;

/**
 * Names an answer by its bytes (`ETag`), and gives nothing in its place, with 304, to who has it. Only of GET and HEAD: what POST answers is no
 * representation of its address, and RFC 9110 knows no 304 for it.
 */
export const sendNamed = (request: FastifyRequest, reply: FastifyReply, body: Buffer | string): Buffer | string => {
  if (request.method !== "GET" && request.method !== "HEAD") return body;
  varyBy(reply, "accept-encoding");
  const name = createHash("sha256").update(body).digest("base64url");
  const held = heldOf(request.headers["if-none-match"]).find((one) => one === "*" || one.replace(CODED, "") === name);
  void reply.header("etag", `"${held === undefined || held === "*" ? name : held}"`);
  if (held === undefined) return body;
  void reply.code(304).removeHeader("content-type");
  return "";
};

const heldOf = (header = ""): string[] =>
  header.trim() === "*" ? ["*"] : Array.from(header.matchAll(/(?:W\/)?"([^"]*)"/g), ([, name]) => name!);

/** After the framework has packed an answer, its name tells how. Comes after what packs, and before the routes. */
export const nameByCoding = (app: FastifyInstance): void => {
  const named: onSendHookHandler = (_request, reply, payload, done) => {
    const [name, coding] = [reply.getHeader("etag"), reply.getHeader("content-encoding")];
    if (reply.statusCode === 200 && typeof name === "string" && typeof coding === "string")
      void reply.header("etag", name.replace(/"$/, `-${coding}"`));
    done(null, payload);
  };
  app.addHook("onRoute", (route) => {
    route.onSend = [route.onSend ?? []].flat().concat(named);
  });
};
