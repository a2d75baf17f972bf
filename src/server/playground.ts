import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { readdir, readFile } from "node:fs/promises";
import { extname } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { sendWithEtag, varyBy } from "./http/etag.ts";

const OPERATIONS = new URL("../../schema/operations/", import.meta.url);
const FOLDERS = new URL("../../schema/folders.json", import.meta.url);
const BUNDLE = new URL("../../.cache/playground/", import.meta.url);

/** The page requests no other host and runs no other script than our files; the editor needs inline styles. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".ttf": "font/ttf",
  ".woff2": "font/woff2",
};

const NOT_BUILT = "<!doctype html><title>cchc-graph</title><p>The playground is not built: run <code>npm run playground</code>.</p>";

interface Example {
  readonly vi: string;
  readonly en: string;
  readonly query: string;
}

interface Folder {
  readonly vi: string;
  readonly en: string;
  readonly operations: readonly Example[];
}

interface ListedFolder extends Omit<Folder, "operations"> {
  readonly operations: readonly (Omit<Example, "query"> & { readonly file: string })[];
}

interface Asset {
  readonly type: string;
  readonly bytes: Buffer;
  readonly gzipped: Buffer;
}

export const servePlayground = async (app: FastifyInstance): Promise<void> => {
  const folders = JSON.stringify(await readFolders());
  const assets = new Map<string, Promise<Asset | null>>();
  app.get("/graphql/operations.json", async (request, reply) =>
    sendWithEtag(request, sendSafely(reply).type("application/json; charset=utf-8"), folders),
  );
  app.get<{ Params: { name: string } }>("/graphql/assets/:name", async (request, reply) => {
    const { name } = request.params;
    const found = assets.get(name) ?? readAsset(name);
    const asset = await found;
    if (!asset) return reply.callNotFound();
    assets.set(name, found);
    // File names contain a hash of the content.
    return sendAsset(request, reply.header("cache-control", "public, max-age=31536000, immutable"), asset);
  });
};

/** A browser that opens the address: it accepts HTML and sends no query. */
export const isBrowser = ({ method, headers, query }: FastifyRequest): boolean =>
  (method === "GET" || method === "HEAD") &&
  (headers.accept ?? "").includes("text/html") &&
  Object.keys(query as Record<string, unknown>).every((name) => !["query", "extensions"].includes(name));

export const sendPlayground = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
  const page = await readIfThere(new URL("index.html", BUNDLE));
  varyBy(reply, "accept");
  void sendSafely(reply)
    .code(page ? 200 : 503)
    .header("content-security-policy", CONTENT_SECURITY_POLICY)
    .header("x-frame-options", "DENY")
    .header("cross-origin-opener-policy", "same-origin")
    .type("text/html; charset=utf-8");
  return reply.send(page ? sendWithEtag(request, reply, page) : NOT_BUILT);
};

const sendSafely = (reply: FastifyReply): FastifyReply =>
  reply.header("cache-control", "no-cache").header("x-content-type-options", "nosniff").header("referrer-policy", "no-referrer");

const sendAsset = (request: FastifyRequest, reply: FastifyReply, { type, bytes, gzipped }: Asset): FastifyReply => {
  void reply.header("x-content-type-options", "nosniff").type(type);
  const named = sendWithEtag(request, reply, bytes);
  if (named !== bytes || !/\bgzip\b/.test(request.headers["accept-encoding"] ?? "")) return reply.send(named);
  return reply.header("content-encoding", "gzip").send(gzipped);
};

/** Null for files outside the bundle: a name cannot leave its folder. */
const readAsset = async (name: string): Promise<Asset | null> => {
  const type = CONTENT_TYPES[extname(name)];
  if (!type || !/^[\w-][\w.-]*$/.test(name)) return null;
  const bytes = await readIfThere(new URL(`assets/${name}`, BUNDLE));
  return bytes && { type, bytes, gzipped: await promisify(gzip)(bytes) };
};

export const readOperations = async (): Promise<string[]> => {
  const names = (await readdir(OPERATIONS)).filter((name) => name.endsWith(".graphql")).toSorted();
  return Promise.all(names.map((name) => readFile(new URL(name, OPERATIONS), "utf8")));
};

const readFolders = async (): Promise<Folder[]> => {
  const folders = JSON.parse(await readFile(FOLDERS, "utf8")) as readonly ListedFolder[];
  const read = ({ vi, en, file }: ListedFolder["operations"][number]): Promise<Example> =>
    readFile(new URL(`${file}.graphql`, OPERATIONS), "utf8").then((query) => ({ vi, en, query }));
  return Promise.all(folders.map(async (folder) => ({ ...folder, operations: await Promise.all(folder.operations.map(read)) })));
};

const readIfThere = (file: URL): Promise<Buffer | null> =>
  readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
