import { spawn } from "node:child_process";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export interface Service {
  readonly url: string;
  /** Of the process that was started; the server may be one under it. */
  readonly pid: number;
  readonly startedMs: number;
  stop(): Promise<void>;
}

/** Starts a server in a separate process on a free port; resolves when the server reports that it is ready. */
export const startProcess = (command: string, args: string[], env: Record<string, string>): Promise<Service> =>
  new Promise((done, fail) => {
    const began = performance.now();
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "inherit"] });
    const ended = new Promise<void>((gone) => child.once("exit", () => gone()));
    child.once("exit", (code) => fail(new Error(`${command} ended with ${code}`)));
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      const url = /ready at (\S+)/.exec(text)?.[1];
      if (url)
        done({
          ...{ url, pid: child.pid!, startedMs: performance.now() - began },
          stop: async () => {
            child.kill("SIGTERM");
            await ended;
          },
        });
    });
  });

/** Node with what loads TypeScript, from any folder. */
export const NODE_FLAGS = ["--max-semi-space-size=128", "--import", new URL("../../src/typescript.js", import.meta.url).href];

/**
 * The service with all its protections; its rate limits are above the measured rates. It does not compute the lineage of other days meanwhile, and computes each
 * answer unless an option says otherwise.
 */
export const startService = (dataDir: string, { keeps = false, warmsUp = false } = {}): Promise<Service> =>
  startProcess("npm", ["start", "--silent"], settings(dataDir, keeps, warmsUp));

const settings = (dataDir: string, keeps: boolean, warmsUp: boolean) => ({
  ...{ DATA_DIR: dataDir, PORT: "0", WARM_UP: warmsUp ? "on" : "off", NODE_ENV: "production", ...(!keeps && { KEPT_ANSWERS: "0" }) },
  ...{ RATE_ADDRESS: "100000000", RATE_KEY: "100000000", METRICS_PORT: "0" },
  ...{ COST_ADDRESS: "0", STATEMENTS_ADDRESS: "0", STATEMENT_MS_PUBLIC: "60000" },
});

export interface Watched extends Service {
  /** What lives on in it after a collection of garbage, in MB: its resident size also has what is not collected yet. */
  livingMemory(): Promise<number>;
}

/**
 * The same, and it reports its memory. It caches answers and computes the lineage of other days, as in production; its cache is small and full after minutes, so
 * that later growth is not the cache.
 */
export const startWatched = async (dataDir: string): Promise<Watched> => {
  const file = join(dataDir, "living");
  const flags = [...NODE_FLAGS, "--expose-gc", "--import", fileURLToPath(new URL("living.ts", import.meta.url))];
  const service = await startProcess("node", [...flags, "src/main.ts"], {
    ...settings(dataDir, true, true),
    KEPT_ANSWERS: "8000000",
    LIVING_FILE: file,
  });
  return {
    ...service,
    livingMemory: async () => {
      process.kill(service.pid, "SIGUSR2");
      for (;;) {
        const text = await readFile(file, "utf8").catch(() => null);
        if (text === null) await sleep(20);
        else {
          await rm(file);
          return Number(text);
        }
      }
    },
  };
};

/** Works in a folder for databases that is removed in the end. */
export const withDataDir = async (work: (dataDir: string) => Promise<void>): Promise<void> => {
  const dataDir = await mkdtemp(join(tmpdir(), "cchc-bench-"));
  await chmod(dataDir, 0o711);
  try {
    await work(dataDir);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
};

export interface Answered<T = string> {
  readonly ms: number;
  readonly answer: T;
}

export const timed = async <T>(work: () => Promise<T>): Promise<Answered<T>> => {
  const began = performance.now();
  const answer = await work();
  return { ms: performance.now() - began, answer };
};

/** The milliseconds of those who are asked in turn, after as many warm-ups as are not counted. */
export const inTurn = async (
  asked: readonly (() => Promise<Answered>)[],
  { warmUps, runs }: { readonly warmUps: number; readonly runs: number },
): Promise<number[][]> => {
  const times = asked.map((): number[] => []);
  for (let run = -warmUps; run < runs; run++)
    for (const [n, ask] of asked.entries()) {
      const { ms } = await ask();
      if (run >= 0) times[n]!.push(ms);
    }
  return times;
};

export const ratio = (ours: readonly number[], theirs: readonly number[]): string => (median(ours) / median(theirs)).toFixed(2);

export const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;

export const spread = (numbers: readonly number[]): string => {
  const digits = median(numbers) < 100 ? 1 : 0;
  const [middle, least, most] = [median(numbers), Math.min(...numbers), Math.max(...numbers)].map((ms) => ms.toFixed(digits));
  return `median ${middle} ms (${least}..${most})`;
};
