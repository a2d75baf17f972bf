import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** What needs no database, and takes seconds in all. */
const UNIT = "test/**/*.unit.test.ts";
/** Packages of the folders that have some. */
const PACKAGES = "**/node_modules/**";

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  // Two builds of graphql in one process do not know each other's schemas.
  resolve: {
    alias: [
      { find: /^graphql$/, replacement: "graphql/index.js" },
      // Where traces are wanted it is installed beside the service; for tests it is among the packages of the suites.
      {
        find: /^@opentelemetry\/sdk-node$/,
        replacement: fileURLToPath(new URL("suites/node_modules/@opentelemetry/sdk-node", import.meta.url)),
      },
    ],
  },
  test: {
    setupFiles: ["reflect-metadata"],
    projects: [
      { extends: true, test: { name: "unit", include: [UNIT] } },
      {
        extends: true,
        test: { name: "service", include: ["test/**/*.test.ts"], exclude: [UNIT, PACKAGES], globalSetup: ["test/support/global-setup.ts"] },
      },
    ],
    // Gateways under test report to nobody.
    env: {
      APOLLO_TELEMETRY_DISABLED: "true",
      // Processes that tests start compile no module twice.
      NODE_COMPILE_CACHE: join(tmpdir(), "cchc-compile-cache"),
    },
    testTimeout: 300_000,
    hookTimeout: 120_000,
    // Two more than the cores of a small machine, for tests wait for PostgreSQL and for processes that they start.
    maxWorkers: 4,
    // As the service starts: fewer and shorter collections.
    execArgv: ["--max-semi-space-size=64"],
    // The modules are loaded once by each worker; no test changes what they share.
    isolate: false,
  },
});
