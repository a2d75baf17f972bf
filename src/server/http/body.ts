import { DomainError } from "../../lib/errors.ts";
import { GraphQLError } from "graphql";
import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, type InputType } from "node:zlib";
import { parseJson } from "../../lib/json.ts";

const refusal = (status: number, message: string, headers: ReadonlyMap<string, string> = new Map()): GraphQLError =>
  new GraphQLError(message, { extensions: { code: "BAD_REQUEST", http: { status, headers } } });

export const unsupportedType = (given: string | undefined): GraphQLError =>
  refusal(415, `content-type: ${JSON.stringify(given ?? "nothing")} is not accepted; must be application/json in UTF-8`);

const tooLarge = (limit: number, declared?: number): GraphQLError =>
  new DomainError("LIMIT_EXCEEDED", `The body has ${declared ?? `more than ${limit}`} bytes; the maximum is ${limit} bytes`, {
    http: { status: 413, headers: new Map() },
  });

type Decompress = (compressed: InputType, options: { readonly maxOutputLength: number }) => Promise<Buffer>;

/** Content codings of a body; each stops as soon as its output exceeds the limit. */
const DECOMPRESS: ReadonlyMap<string, Decompress> = new Map([
  ["gzip", promisify(gunzip) as Decompress],
  ["br", promisify(brotliDecompress) as Decompress],
]);

/**
 * Reads JSON of at most `limit` bytes, both compressed and decompressed; undefined for an empty body; and the number of decompressed bytes. @throws GraphQLError with the
 * status 413, 415 or 400; the rest of the body is then discarded.
 */
export const readJson = async (stream: Readable, headers: IncomingHttpHeaders, limit: number) => {
  try {
    checkCharset(headers["content-type"]);
    const decompress = decompressOf(headers["content-encoding"]);
    const sent = await readBytes(stream, Number(headers["content-length"] ?? 0), limit);
    const bytes = decompress && sent.length > 0 ? await decompressed(decompress, sent, limit) : sent;
    return { json: jsonOf(bytes), length: bytes.length };
  } catch (error) {
    stream.resume();
    throw error;
  }
};

const checkCharset = (type: string | undefined): void => {
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(type ?? "")?.[1];
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) throw unsupportedType(type);
};

/** Null for an uncompressed body. */
const decompressOf = (encoding = "identity"): Decompress | null => {
  const coding = encoding.trim().toLowerCase().replace(/^x-/, "");
  if (coding === "identity") return null;
  const decompress = DECOMPRESS.get(coding);
  if (decompress) return decompress;
  const accepted = [...DECOMPRESS.keys()];
  throw refusal(
    415,
    `content-encoding: ${JSON.stringify(encoding.slice(0, 80))} is not accepted; must be ${accepted.join(" or ")}, once, or absent`,
    new Map([["accept-encoding", accepted.join(", ")]]),
  );
};

const decompressed = async (decompress: Decompress, bytes: Buffer, limit: number): Promise<Buffer> => {
  try {
    return await decompress(bytes, { maxOutputLength: limit });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(limit);
    throw refusal(400, "Bad Request: the body does not match its content-encoding");
  }
};

const readBytes = async (stream: Readable, declared: number, limit: number): Promise<Buffer> => {
  if (declared > limit) throw tooLarge(limit, declared);
  const chunks: Buffer[] = [];
  let length = 0;
  await new Promise<void>((done, fail) => {
    // A client that disconnects is not an error of the service.
    const broken = () => {
      if (!stream.readableEnded) fail(refusal(400, "Bad Request: the body ended too early"));
    };
    stream.on("data", (chunk: Buffer) => {
      length += chunk.length;
      // The rest is read, too, because the refusal is sent on the same connection.
      if (length > limit) fail(tooLarge(limit));
      else chunks.push(chunk);
    });
    stream.once("end", done).once("error", broken).once("close", broken);
    if (stream.destroyed) broken();
  });
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length);
};

const UTF8 = new TextDecoder("utf-8", { fatal: true });

const jsonOf = (bytes: Buffer): unknown => {
  if (bytes.length === 0) return undefined;
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch {
    throw refusal(400, "Bad Request: the body is not UTF-8");
  }
  try {
    return parseJson(text);
  } catch (error) {
    throw refusal(400, `Invalid JSON in the body: ${(error as Error).message.slice(0, 200)}`);
  }
};
