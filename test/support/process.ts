import { type ChildProcess, spawn } from "node:child_process";
import { readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

/** The service as people run it, a process of its own. */
export interface Service {
  readonly process: ChildProcess;
  readonly output: () => string;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  /** Waits for a text of its output. */
  readonly says: (text: string) => Promise<void>;
  readonly url: () => string;
}

/** Ends with the test that began it. */
export const runService = (command: string, args: string[], env: NodeJS.ProcessEnv): Service => {
  const { DATABASE_URL: _given, DATABASE_OWNER_URL: _owners, ...inherited } = process.env;
  const child = spawn(command, args, { cwd: PROJECT, env: { ...inherited, PORT: "0", WARM_UP: "off", ...env }, detached: true });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (output += String(bytes)));
  const ended = new Promise<number | NodeJS.Signals | null>((done) => child.once("close", (code, signal) => done(code ?? signal)));
  let isOver = false;
  void ended.then(() => (isOver = true));
  onTestFinished(async () => {
    if (isOver) return;
    process.kill(-child.pid!, "SIGKILL");
    await ended;
  });
  return {
    process: child,
    output: () => output,
    ended,
    says: async (text) => {
      while (!output.includes(text)) {
        if (isOver) throw new Error(`It ended without saying "${text}":\n${output}`);
        await sleep(20);
      }
    },
    url: () => /ready at (\S+)/.exec(output)![1]!,
  };
};

export const startMain = (env: NodeJS.ProcessEnv): Service =>
  runService(process.execPath, ["--max-semi-space-size=128", "--import", "./src/typescript.js", "src/main.ts"], env);

export const postmasterFile = async (dataDir: string): Promise<string> => join(await realpath(join(dataDir, "postgres")), "postmaster.pid");

export const postmasterOf = async (dataDir: string): Promise<{ pid: number; port: number } | null> => {
  const text = await readFile(await postmasterFile(dataDir), "utf8").catch(() => null);
  const [pid, , , port] = text?.split("\n") ?? [];
  return pid === undefined ? null : { pid: Number(pid), port: Number(port) };
};

export const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** A server takes its file away a moment before it ends. */
export const gone = async (pid: number): Promise<void> => {
  for (let tries = 0; isAlive(pid); tries++) {
    if (tries > 100) throw new Error(`Process ${pid} lives on`);
    await sleep(100);
  }
};
