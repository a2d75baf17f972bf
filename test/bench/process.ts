import { spawn } from "node:child_process";

export interface Service {
  readonly url: string;
  readonly startedMs: number;
  stop(): Promise<void>;
}

/** A server in a process of its own, on a free port; resolves when it says that it is ready. */
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
          url,
          startedMs: performance.now() - began,
          stop: async () => {
            child.kill("SIGTERM");
            await ended;
          },
        });
    });
  });

export const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
