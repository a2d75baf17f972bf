import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { TestDatabase } from "./database.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export type Command = "access" | "backup" | "check-rollups" | "export" | "import" | "notices" | "restore" | "units";

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly ms: number;
}

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

type Place = Pick<TestDatabase, "url">;

/** The command as people run it, a process of its own. */
export const start = (command: Command, { url }: Place, args: readonly string[], more: NodeJS.ProcessEnv = {}): Started => {
  const began = performance.now();
  const env = { ...process.env, DATABASE_URL: url, ...more };
  const child = spawn(process.execPath, ["--import", "./src/typescript.js", `src/cli/${command}.ts`, ...args], { cwd: ROOT, env });
  const texts = { out: "", err: "" };
  child.stdout.on("data", (data: Buffer) => (texts.out += data.toString()));
  child.stderr.on("data", (data: Buffer) => (texts.err += data.toString()));
  const ended = new Promise<Ended>((done, fail) => {
    child.on("error", fail).on("close", (code) => done({ code, ...texts, ms: performance.now() - began }));
  });
  return { child, ended };
};

/** A command that ends with its process listens to them until then. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

let runs = 0;
let last: Promise<unknown> = Promise.resolve();

/** What the command does, in this process, which has loaded the modules already that a process of its own takes a second to load. One runs at a time. */
export const run = (command: Command, place: Place, args: readonly string[]): Promise<Ended> => {
  const ended = last.then(() => runHere(command, place, args));
  last = ended.catch(() => {});
  return ended;
};

/** Thrown where a process of its own would end. */
class Exit extends Error {}

const runHere = async (command: Command, { url }: Place, args: readonly string[]): Promise<Ended> => {
  const began = performance.now();
  const texts = { out: "", err: "" };
  const { argv, exitCode: before } = process;
  const { log, error } = console;
  /* eslint-disable typescript/unbound-method -- put back as they are, and not called */
  const { exit } = process;
  const writes = { out: process.stdout.write, err: process.stderr.write };
  /* eslint-enable typescript/unbound-method */
  const given = process.env["DATABASE_URL"];
  const listening = SIGNALS.map((signal) => process.listeners(signal));
  let code: number | null = null;
  process.argv = [argv[0]!, `src/cli/${command}.ts`, ...args];
  process.env["DATABASE_URL"] = url;
  process.exitCode = 0;
  process.exit = (asked = process.exitCode) => {
    code ??= Number(asked);
    throw new Exit();
  };
  const writing = (name: keyof typeof texts) => (text: string | Uint8Array) => {
    if (code === null) texts[name] += String(text);
    return true;
  };
  process.stdout.write = writing("out");
  process.stderr.write = writing("err");
  console.log = (line: string) => void process.stdout.write(`${line}\n`);
  console.error = (line: string) => void process.stderr.write(`${line}\n`);
  try {
    // Each time anew, for a command runs when its module is loaded.
    await import(/* @vite-ignore */ `${ROOT}src/cli/${command}.ts?run=${runs++}`).catch((reason: unknown) => {
      if (!(reason instanceof Exit)) throw reason;
    });
    return { code: code ?? process.exitCode, ...texts, ms: performance.now() - began };
  } finally {
    Object.assign(process, { argv, exit, exitCode: before });
    Object.assign(console, { log, error });
    for (const [n, signal] of SIGNALS.entries())
      for (const listener of process.listeners(signal)) if (!listening[n]!.includes(listener)) process.off(signal, listener);
    process.stdout.write = writes.out;
    process.stderr.write = writes.err;
    if (given === undefined) delete process.env["DATABASE_URL"];
    else process.env["DATABASE_URL"] = given;
  }
};
