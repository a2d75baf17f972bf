import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

const PROJECT = fileURLToPath(new URL("../../", import.meta.url));
/** What a checkout does not have, or what is installed into it. */
const LEFT_OUT = new Set(["node_modules", ".git", ".data", ".data-demo", ".cache", "dist", "coverage"]);

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  /** Resolves when the command has printed the text. @throws Error if it ends before. */
  readonly says: (text: string) => Promise<void>;
  /** As Ctrl-C does; its exit code. */
  readonly stop: () => Promise<number | null>;
}

/** A copy of the project as after clone and install, and a shell in it. */
export class Checkout {
  readonly folder: string;
  readonly port: number;
  readonly #children = new Set<ChildProcess>();

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
  }

  static async make(): Promise<Checkout> {
    const folder = await mkdtemp(join(tmpdir(), "cchc-readme-"));
    // As root PostgreSQL runs as another user, who must be able to pass.
    await chmod(folder, 0o711);
    await cp(PROJECT, folder, { recursive: true, filter: (path) => path === PROJECT || !LEFT_OUT.has(basename(path)) });
    await symlink(join(PROJECT, "node_modules"), join(folder, "node_modules"));
    return new Checkout(folder, await freePort());
  }

  /** The text with this service's port in the place of 4000. */
  placed(text: string): string {
    return text.replaceAll("127.0.0.1:4000", `127.0.0.1:${this.port}`);
  }

  /** Runs a command of the README; the next command has the variables that it sets. */
  async run(command: string): Promise<Ran> {
    const state = join(this.folder, ".state");
    const script = `[ -f ${state} ] && . ${state}; set -e -o pipefail\n${this.placed(command)}\ndeclare -p KEY >${state} 2>/dev/null || true`;
    const child = this.#spawn("bash", ["-c", script]);
    const texts = collected(child);
    const [code] = (await once(child, "close")) as [number | null];
    return { code, ...texts };
  }

  /** The value of a variable of the shell; null if it is not set. */
  async variable(name: string): Promise<string | null> {
    return (await this.run(`printf %s "\${${name}-}"`)).out || null;
  }

  /** Starts what goes on until it is stopped. */
  start(command: string): Running {
    const child = this.#spawn("bash", ["-c", `exec ${command}`]);
    const texts = collected(child);
    let ended: number | null | undefined;
    const end = once(child, "close").then(([code]) => (ended = code as number | null));
    return {
      says: async (text) => {
        while (!stripVTControlCharacters(texts.out + texts.err).includes(text)) {
          if (ended !== undefined) throw new Error(`${command} ended: ${texts.out}${texts.err}`);
          await new Promise((wake) => setTimeout(wake, 50));
        }
      },
      stop: async () => {
        kill(child, "SIGINT");
        return end;
      },
    };
  }

  async remove(): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const end = once(child, "close");
      kill(child, "SIGTERM");
      await end;
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  #spawn(file: string, args: readonly string[]): ChildProcess {
    const { DATABASE_URL: _url, DATABASE_OWNER_URL: _owners, DATA_DIR: _folder, ...env } = process.env;
    // Lineage that is worked out in the background would only slow down what is asked meanwhile.
    const own = {
      PORT: String(this.port),
      WARM_UP: "off",
      STATEMENT_MS_PUBLIC: "10000",
      NODE_ENV: "",
      npm_config_update_notifier: "false",
    };
    const child = spawn(file, args, { cwd: this.folder, env: { ...env, ...own }, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    this.#children.add(child);
    return child;
  }
}

/** To all processes of the group, as a terminal sends it. */
const kill = (child: ChildProcess, signal: NodeJS.Signals): void => {
  try {
    process.kill(-child.pid!, signal);
  } catch {
    // It has ended meanwhile.
  }
};

const collected = (child: ChildProcess): { out: string; err: string } => {
  const texts = { out: "", err: "" };
  child.stdout!.on("data", (data: Buffer) => (texts.out += String(data)));
  child.stderr!.on("data", (data: Buffer) => (texts.err += String(data)));
  return texts;
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
};
