import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { readIssuers } from "../../src/access/issuer.ts";
import { type Block, commandsOf, compared } from "./blocks.ts";
import { checkClientCode } from "./client-code.ts";
import type { Checkout, Running } from "./checkout.ts";

/** Commands that are not run here, with the reason. All others that a block has are. */
const NOT_RUN: readonly (readonly [RegExp, string])[] = [
  [/^npm ci && npm test$/, "it is the run that this test is a part of"],
  [/^docker /, "it needs a Docker daemon and its registry; test/container.test.ts reads what they would use"],
];
/** Programs that commands may begin with, after what they are put into. */
const RUN = /^(?:\w+=\$\(|DATA_DIR=\S+ )?(?:npm run|curl|cat) /;

/** What the README starts, by the command without `npm ci`, which has been done where the checkout has packages. */
const STARTED: Readonly<Record<string, string>> = {
  "npm ci && npm start": "npm start",
  "npm start": "npm start",
  "npm run demo": "npm run demo",
};

type Last = { readonly json: unknown } | { readonly text: string } | null;

/** Goes through the blocks as a reader does, from the first to the last. */
export class Play {
  readonly #checkout: Checkout;
  /** What has to be there before a command is started. */
  readonly #before: Readonly<Record<string, () => Promise<unknown>>>;
  #running: Running | null = null;
  #isDemo = false;
  #last: Last = null;
  /** Ids that are printed, and those that stand in their place here. */
  readonly #own = new Map<string, string>();

  constructor(checkout: Checkout, before: Readonly<Record<string, () => Promise<unknown>>>) {
    this.#checkout = checkout;
    this.#before = before;
  }

  /** The reason for not running the block; null if it runs. @throws Error for an unsupported command. */
  static reasonOf({ language, text, line }: Block): string | null {
    if (language === "graphql" && text.startsWith("extend schema "))
      return "test/suites/federation-graph.test.ts composes it and asks through it";
    if (language === "sql") return "it is an administrator's; test/database/service-login.test.ts runs it on a server of its own";
    if (language !== "") return null;
    const reasons = commandsOf(text).map((command) => {
      if (command in STARTED || RUN.test(command)) return null;
      const reason = NOT_RUN.find(([pattern]) => pattern.test(command))?.[1];
      if (reason === undefined) throw new Error(`line ${line} of the page: nothing says how to check ${command}`);
      return reason;
    });
    return reasons.find((reason) => reason !== null) ?? null;
  }

  async block({ language, text, line }: Block): Promise<void> {
    const placed = this.#ours(text);
    if (language === "graphql") return this.#ask(placed);
    if (language === "json") return this.#answered(placed);
    if (language === "text") return this.#compareText(placed);
    if (language === "ts") return checkClientCode(text);
    if (language !== "") throw new Error(`line ${line} of the page: nothing says how to check a block of ${language}`);
    for (const command of commandsOf(placed)) await this.#command(command);
  }

  async #command(command: string): Promise<void> {
    const started = STARTED[command];
    if (started !== undefined) return this.#start(started);
    const { code, out, err } = await this.#checkout.run(command);
    expect(code, `${command}\n${out}${err}`).toBe(0);
    this.#last = { text: out };
  }

  /** What runs is stopped before, for it has the port. */
  async #start(command: string): Promise<void> {
    await this.#before[command]?.();
    if (this.#running) expect(await this.#running.stop()).toBe(0);
    this.#running = this.#checkout.start(command);
    this.#isDemo = command === "npm run demo";
    await this.#running.says(`ready at http://127.0.0.1:${this.#checkout.port}/graphql`);
  }

  /** With the key that was made last; the demo's are not the service's. */
  async #ask(query: string): Promise<void> {
    const key = this.#isDemo ? null : await this.#checkout.variable("KEY");
    const response = await fetch(`http://127.0.0.1:${this.#checkout.port}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(key !== null && { authorization: `Bearer ${key}` }) },
      body: JSON.stringify({ query }),
    });
    const json = (await response.json()) as { errors?: unknown };
    expect(json.errors).toBeUndefined();
    this.#last = { json };
  }

  /** A printed answer, or the file of issuers. */
  async #answered(text: string): Promise<void> {
    const printed = JSON.parse(text) as unknown;
    if (Array.isArray(printed)) {
      const file = join(this.#checkout.folder, "issuers.json");
      await writeFile(file, text);
      expect([...(await readIssuers(file)).keys()]).toEqual(printed.map(({ issuer }: { issuer: string }) => issuer));
      return;
    }
    const real = this.#last && ("json" in this.#last ? this.#last.json : JSON.parse(this.#last.text));
    this.#compare(JSON.stringify(printed, null, 1), JSON.stringify(real, null, 1));
  }

  #compareText(printed: string): void {
    expect(this.#last).toHaveProperty("text");
    this.#compare(printed, (this.#last as { text: string }).text.trim());
  }

  #compare(printed: string, real: string): void {
    const [mine, theirs] = [compared(printed), compared(real)];
    expect(theirs.shape).toBe(mine.shape);
    for (const [n, own] of mine.own.entries()) this.#own.set(own, theirs.own[n]!);
  }

  #ours(text: string): string {
    return [...this.#own].reduce((placed, [printed, real]) => placed.replaceAll(printed, real), text);
  }
}
