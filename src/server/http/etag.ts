import type { FastifyInstance, FastifyReply, FastifyRequest, onSendHookHandler } from "fastify";
import { createHash } from "node:crypto";

export const varyBy = (reply: FastifyReply, ...names: readonly string[]): void => {
  if (reply.getHeader("vary") === undefined) return void reply.header("vary", names.join(", "));
  const present = [reply.getHeader("vary") ?? []].flat().flatMap((text) =>
    String(text)
      .toLowerCase()
      .split(/\s*,\s*/),
  );
  void reply.header("vary", [...new Set([...present, ...names])].join(", "));
};

/** A content coding is another representation, so it has its own ETag. */
const CODED = /-(?:br|gzip)$/;

/** Adds a strong ETag of the body, or answers 304 if If-None-Match has it. Only for GET and HEAD, because RFC 9110 defines no 304 for POST. */
export const sendWithEtag = (request: FastifyRequest, reply: FastifyReply, body: Buffer | string): Buffer | string => {
  if (request.method !== "GET" && request.method !== "HEAD") return body;
  varyBy(reply, "accept-encoding");
  const tag = createHash("sha256").update(body).digest("base64url");
  const match = etagsOf(request.headers["if-none-match"]).find((one) => one === "*" || one.replace(CODED, "") === tag);
  void reply.header("etag", `"${match === undefined || match === "*" ? tag : match}"`);
  if (match === undefined) return body;
  void reply.code(304).removeHeader("content-type");
  return "";
};

const etagsOf = (header = ""): string[] =>
  header.trim() === "*" ? ["*"] : Array.from(header.matchAll(/(?:W\/)?"([^"]*)"/g), ([, tag]) => tag!);

/** Registered after the compression plugin and before the routes. */
export const etagByCoding = (app: FastifyInstance): void => {
  const addCoding: onSendHookHandler = (_request, reply, payload, done) => {
    const [tag, coding] = [reply.getHeader("etag"), reply.getHeader("content-encoding")];
    if (reply.statusCode === 200 && typeof tag === "string" && typeof coding === "string")
      void reply.header("etag", tag.replace(/"$/, `-${coding}"`));
    done(null, payload);
  };
  app.addHook("onRoute", (route) => {
    route.onSend = [route.onSend ?? []].flat().concat(addCoding);
  });
};
