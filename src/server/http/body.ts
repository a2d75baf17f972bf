import { DomainError } from "../../errors.ts";
import { GraphQLError } from "graphql";
import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import { parseJson } from "./json.ts";

const refusal = (status: number, message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: "BAD_REQUEST", http: { status, headers: new Map() } } });

export const unsupportedType = (given: string | undefined): GraphQLError =>
  refusal(415, `content-type: ${JSON.stringify(given ?? "nothing")} is not accepted; accepted is application/json in UTF-8`);

const tooLarge = (limit: number, declared?: number): GraphQLError =>
  new DomainError("LIMIT_EXCEEDED", `The body has ${declared ?? `more than ${limit}`} bytes; the maximum is ${limit} bytes`, {
    http: { status: 413, headers: new Map() },
  });

/**
 * The JSON of a body of at most `limit` bytes of UTF-8, undefined where it is empty; and how many bytes they were.
 * @throws GraphQLError with the status to answer: 413, 415 or 400. What is left of the body is then passed over.
 */
export const readJson = async (stream: Readable, headers: IncomingHttpHeaders, limit: number) => {
  try {
    checkHeaders(headers);
    const bytes = await readBytes(stream, Number(headers["content-length"] ?? 0), limit);
    return { json: jsonOf(bytes), length: bytes.length };
  } catch (error) {
    stream.resume();
    throw error;
  }
};

const checkHeaders = (headers: IncomingHttpHeaders): void => {
  const type = headers["content-type"];
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(type ?? "")?.[1];
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) throw unsupportedType(type);
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && !/^identity$/i.test(encoding))
    throw refusal(415, `content-encoding: "${encoding}" is not accepted; accepted is a body that is not compressed`);
};

const readBytes = async (stream: Readable, declared: number, limit: number): Promise<Buffer> => {
  if (declared > limit) throw tooLarge(limit, declared);
  const chunks: Buffer[] = [];
  let length = 0;
  // The stream is the connection's, on which the refusal has to be sent.
  for await (const chunk of unbroken(stream)) {
    length += chunk.length;
    if (length > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
};

/** A client that hangs up is no failure of ours. */
const unbroken = async function* (stream: Readable): AsyncGenerator<Buffer> {
  try {
    yield* stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  } catch {
    throw refusal(400, "Bad Request: the body ended too early");
  }
};

const jsonOf = (bytes: Buffer): unknown => {
  if (bytes.length === 0) return undefined;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw refusal(400, "Bad Request: the body is not UTF-8");
  }
  try {
    return parseJson(text);
  } catch (error) {
    throw refusal(400, `Invalid JSON in the body: ${(error as Error).message.slice(0, 200)}`);
  }
};
