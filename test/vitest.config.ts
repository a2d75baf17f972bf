import { accessSync, constants, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** What needs no database, and takes seconds in all. */
const UNIT = "test/**/*.unit.test.ts";
/** Packages of the folders that have some. */
const PACKAGES = "**/node_modules/**";

/** For modules that were compiled, which the next run uses again. */
const COMPILED = join(tmpdir(), "cchc-compile-cache");

/** A file system in memory; about 1.2 GB of it are used. */
const MEMORY = "/dev/shm";
const FREE_MEMORY = 4 * 2 ** 30;

const hasRoomInMemory = (): boolean => {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= FREE_MEMORY;
  } catch {
    return false;
  }
};

// Tests copy hundreds of databases of hundreds of files, whose creation and removal on a disk takes a seventh of the whole time.
if (process.env["TMPDIR"] === undefined && hasRoomInMemory()) process.env["TMPDIR"] = MEMORY;

/** Starts the slow files first, so that no worker runs one alone in the end. */
class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const usual = await super.sort([...files]);
    return usual.toSorted((a, b) => Number(isSlow(b)) - Number(isSlow(a)));
  }
}

const isSlow = ({ moduleId }: TestSpecification): boolean => moduleId.endsWith(".slow.test.ts");

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  // Two copies of graphql in one process do not accept each other's schemas.
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
    // Gateways under test send no reports.
    env: {
      APOLLO_TELEMETRY_DISABLED: "true",
      // Processes that tests start compile no module twice.
      NODE_COMPILE_CACHE: COMPILED,
    },
    sequence: { sequencer: SlowFirst },
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // One more than the cores of a small machine, for tests wait for PostgreSQL and for processes that they start.
    maxWorkers: 3,
    // Few collections, by one thread each: the workers share the cores already.
    execArgv: ["--min-semi-space-size=32", "--max-semi-space-size=32", "--single-threaded-gc"],
    // The modules are loaded once by each worker; no test changes what they share.
    isolate: false,
  },
});
