import helmet, { type FastifyHelmetOptions } from "@fastify/helmet";
import serveFiles from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { sendWithEtag, varyBy } from "./http/etag.ts";

const OPERATIONS = new URL("../../schema/operations/", import.meta.url);
const FOLDERS = new URL("../../schema/folders.json", import.meta.url);
const BUNDLE = new URL("../../.cache/playground/", import.meta.url);

/** The page requests no other host and runs no other script than our files; the editor needs inline styles. */
const PAGE_HEADERS: FastifyHelmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", "data:"],
      fontSrc: ["'self'", "data:"],
      connectSrc: ["'self'"],
      workerSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  xFrameOptions: { action: "deny" },
  // The service may be reached by HTTP alone.
  strictTransportSecurity: false,
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

export const servePlayground = async (app: FastifyInstance): Promise<void> => {
  const folders = JSON.stringify(await readFolders());
  app.get("/graphql/operations.json", async (request, reply) =>
    sendWithEtag(request, reply.header("cache-control", "no-cache").type("application/json; charset=utf-8"), folders),
  );
  await app.register(helmet, { global: false });
  // Names contain a hash of the content.
  const caching = { immutable: true, maxAge: "365d", etag: false };
  const root = fileURLToPath(new URL("assets/", BUNDLE));
  if (existsSync(root))
    await app.register(serveFiles, { root, prefix: "/graphql/assets/", ...caching, index: false, decorateReply: false });
};

/** A browser that opens the address: it accepts HTML and sends no query. */
export const isBrowser = ({ method, headers, query }: FastifyRequest): boolean =>
  (method === "GET" || method === "HEAD") &&
  (headers.accept ?? "").includes("text/html") &&
  Object.keys(query as Record<string, unknown>).every((name) => !["query", "extensions"].includes(name));

export const sendPlayground = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
  const page = await readFile(new URL("index.html", BUNDLE)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  varyBy(reply, "accept");
  reply.helmet(PAGE_HEADERS);
  void reply
    .code(page ? 200 : 503)
    .header("cache-control", "no-cache")
    .type("text/html; charset=utf-8");
  return reply.send(page ? sendWithEtag(request, reply, page) : NOT_BUILT);
};

/** The texts of schema/operations by name. */
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
