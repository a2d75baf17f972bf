import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { TestDatabase } from "./database.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly told: string;
  readonly ms: number;
}

/** The command as people run it, a process of its own. */
export const start = (
  { url }: Pick<TestDatabase, "url">,
  args: readonly string[],
): { readonly child: ChildProcess; readonly ended: Promise<Ended> } => {
  const began = performance.now();
  const env = { ...process.env, DATABASE_URL: url };
  const child = spawn(process.execPath, ["--import", "tsx", "src/cli/import.ts", ...args], { cwd: ROOT, env });
  const texts = { out: "", told: "" };
  child.stdout.on("data", (data: Buffer) => (texts.out += data.toString()));
  child.stderr.on("data", (data: Buffer) => (texts.told += data.toString()));
  const ended = new Promise<Ended>((done, fail) => {
    child.on("error", fail).on("close", (code) => done({ code, ...texts, ms: performance.now() - began }));
  });
  return { child, ended };
};

export const run = (database: Pick<TestDatabase, "url">, args: readonly string[]): Promise<Ended> => start(database, args).ended;
