import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface JestRun {
  readonly code: number | null;
  readonly passed: number;
  /** Names of the failed tests, or the output if no test ran. */
  readonly failed: readonly string[];
}

interface Results {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

const JEST = fileURLToPath(new URL("node_modules/jest/bin/jest.js", import.meta.url));
const HANG_MS = 240_000;

/** Runs a suite that is written for Jest, in a process of its own that has to end by itself. */
export const runJest = async (config: string, env: NodeJS.ProcessEnv = {}): Promise<JestRun> => {
  const folder = await mkdtemp(join(tmpdir(), "cchc-jest-"));
  const file = join(folder, "results.json");
  try {
    const { VITEST: _vitest, NODE_ENV: _mode, ...inherited } = process.env;
    const args = [JEST, "--config", config, "--json", "--outputFile", file, "--runInBand", "--silent", "--cacheDirectory", folder];
    const child = spawn(process.execPath, args, { env: { ...inherited, ...env }, stdio: "ignore" });
    const timer = setTimeout(() => child.kill("SIGKILL"), HANG_MS);
    const code = await new Promise<number | null>((done) => child.once("close", done));
    clearTimeout(timer);
    const { numPassedTests, testResults } = JSON.parse(await readFile(file, "utf8")) as Results;
    const failed = testResults.flatMap(({ message, assertionResults }) =>
      assertionResults.length > 0
        ? assertionResults
            .filter(({ status }) => status === "failed")
            .map(({ fullName, failureMessages }) => [fullName, ...failureMessages].join("\n"))
        : [message],
    );
    return { code, passed: numPassedTests, failed };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
