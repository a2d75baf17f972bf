import { type ChildProcess, fork } from "node:child_process";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runJest } from "./jest.ts";

const SUBGRAPHS = join(
  dirname(createRequire(import.meta.url).resolve("@apollo/federation-subgraph-compatibility-tests/package.json")),
  "dist/subgraphs",
);
const here = (name: string): string => fileURLToPath(new URL(`federation/${name}`, import.meta.url));

describe("the compatibility tests of federation", () => {
  const running: ChildProcess[] = [];
  const environment: Record<string, string> = {};

  /** A separate process that has reported that it listens. */
  const start = (file: string, args: readonly string[] = [], options: Parameters<typeof fork>[2] = {}): Promise<unknown> => {
    const child = fork(file, args, { ...options, silent: true });
    running.push(child);
    let output = "";
    for (const stream of [child.stdout!, child.stderr!]) stream.on("data", (bytes) => (output += String(bytes)));
    return new Promise((done, fail) => {
      child.once("message", done);
      child.once("close", () => fail(new Error(`${file} ended before it listened:\n${output}`)));
    });
  };
  const urlOf = (said: unknown): string => `http://127.0.0.1:${(said as { port: number }).port}/`;

  /** Starts a subgraph of the suite on a free port. */
  const startTheirs = async (name: string): Promise<string> => {
    const port = await freePort();
    await start("index.js", [], {
      cwd: join(SUBGRAPHS, name),
      env: { ...process.env, NODE_ENV: "development", [`${name.toUpperCase()}_PORT`]: String(port) },
    });
    return urlOf({ port });
  };

  beforeAll(async () => {
    const [products, users, inventory] = await Promise.all([
      start(here("products.ts"), [], { execArgv: ["--import", "./src/typescript.js"] }).then(urlOf),
      startTheirs("users"),
      startTheirs("inventory"),
    ]);
    const gateway = await start(here("gateway.mjs"), [`products=${products}`, `users=${users}`, `inventory=${inventory}`]);
    Object.assign(environment, { PRODUCTS_URL: products, ROUTER_URL: urlOf(gateway) });
  });
  afterAll(() => {
    for (const child of running) child.kill("SIGKILL");
  });

  it("pass for a subgraph that is built and served as ours is, through a gateway", async () => {
    const { code, passed, failed } = await runJest(here("jest.config.cjs"), environment);
    expect(failed).toEqual([]);
    expect(passed).toBe(23);
    expect(code).toBe(0);
  });
});

const freePort = (): Promise<number> =>
  new Promise((done) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
