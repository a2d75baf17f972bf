import { createHash } from "node:crypto";
import { finished } from "node:stream/promises";
import { Client, type ClientConfig } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { type Statement, type StatementResult, StatementMessage } from "./message.ts";
import { TakenRows } from "./taken-rows.ts";
import { Together } from "./together.ts";

/** Internal state of the driver, which it reads when the connection returns to the pool. */
interface Inside {
  _queryable: boolean;
  readonly _types: unknown;
  readonly connection: { readonly stream: { destroy(): void } };
}

/** Statements have no values in their text, so there are some hundred; more would fill the memory of PostgreSQL. */
const MOST_NAMES = 500;
const names = new Map<string, string>();

const BEGIN = "begin";

const nameOf = (text: string): string | undefined => {
  const existing = names.get(text);
  if (existing !== undefined || names.size >= MOST_NAMES) return existing;
  const name = createHash("sha256").update(text).digest("base64url").slice(0, 32);
  names.set(text, name);
  return name;
};

/** The rows of a COPY from STDIN, as the only value of its statement. */
export class CopiedRows {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export interface ClientOptions {
  /** True if PostgreSQL caches plans instead of planning each execution. */
  readonly keepsPlans: boolean;
  readonly portNow: () => number;
}

/**
 * A connection that leaves the pool after a statement timeout, because the next user would wait behind that statement, and after a fatal error, which the driver reports
 * before the end.
 */
export class ServiceClient extends Client {
  readonly #keepsPlans: boolean;
  /** True from BEGIN to the next statement, which takes it along; a transaction begins with a statement of settings, so that one message carries both. */
  #isBeginning = false;

  constructor(options: ClientConfig & Partial<ClientOptions>) {
    super(options);
    if (options.portNow) Object.assign(this, { port: options.portNow() });
    this.#keepsPlans = options.keepsPlans ?? false;
  }

  override query(...args: never[]): never {
    const [text, values] = args as unknown[];
    if (text === BEGIN) {
      this.#isBeginning = true;
      return Promise.resolve({ command: "BEGIN", rows: [] }) as never;
    }
    if (Array.isArray(values) && values[0] instanceof Together) return this.#together(values[0]) as never;
    if (this.#isBeginning) return this.#begin(args);
    return this.#send(args);
  }

  #begin(args: never[]): never {
    this.#isBeginning = false;
    const [text, values, ...others] = args as unknown[];
    const isPlain = typeof text === "string" && Array.isArray(values) && values.length === 0;
    if (isPlain) return this.#lastOf(this.#send([`${BEGIN}; ${text}`, values, ...others] as never[])) as never;
    const begun = this.#send([BEGIN] as never[]) as Promise<unknown>;
    const sent = this.#send(args) as unknown;
    // A failure of the first statement is one of the second, because the connection is lost.
    begun.catch(() => {});
    return sent as never;
  }

  /** A message of several statements has a result for each. */
  async #lastOf(results: Promise<unknown[]>): Promise<unknown> {
    return (await results).at(-1);
  }

  #send(args: never[]): never {
    const [text, values] = args as unknown[];
    if (Array.isArray(values) && values[0] instanceof TakenRows) return this.#taken(text as string, values[0]) as never;
    const name = this.#keepsPlans && typeof text === "string" && Array.isArray(values) && values.length > 0 ? nameOf(text) : undefined;
    if (name !== undefined) return this.#prepared({ name, text: text as string, values: values as unknown[] }) as never;
    const sent =
      Array.isArray(values) && values[0] instanceof CopiedRows
        ? this.#copy(text as string, values[0])
        : (super.query as (...all: unknown[]) => unknown).apply(this, args);
    if (sent instanceof Promise) sent.catch((error: unknown) => this.#dropAfter(error));
    return sent as never;
  }

  async #prepared(statement: Statement): Promise<StatementResult> {
    return (await this.#message([statement]))[0]!;
  }

  async #taken(text: string, { values, take }: TakenRows): Promise<StatementResult> {
    const statement = { name: this.#keepsPlans ? nameOf(text) : undefined, text, values, take };
    return (await this.#message([statement]))[0]!;
  }

  async #together({ statements }: Together): Promise<{ command: string; rows: (readonly unknown[])[] }> {
    const isFirst = this.#isBeginning;
    this.#isBeginning = false;
    const sent = [...(isFirst ? [{ text: BEGIN, values: [] }] : []), ...statements];
    const named = sent.map((one) => ({ ...one, name: this.#keepsPlans && !one.text.startsWith("set ") ? nameOf(one.text) : undefined }));
    const results = await this.#message(named);
    const rows = results.slice(isFirst ? 1 : 0).map((result) => result.rows);
    return { command: "SELECT", rows };
  }

  #message(statements: readonly Statement[]): Promise<readonly StatementResult[]> {
    const { _types: types } = this as unknown as Inside;
    return new Promise((done, fail) => {
      const callback: StatementMessage["callback"] = (error, answered) => {
        if (answered) return done(answered);
        this.#dropAfter(error);
        return fail(error);
      };
      super.query(new StatementMessage(statements, types, callback) as never);
    });
  }

  async #copy(statement: string, { text }: CopiedRows): Promise<unknown> {
    const stream = super.query(copyFrom(statement));
    stream.end(text);
    await finished(stream);
    return { command: "COPY", rows: [], rowCount: stream.rowCount };
  }

  #dropAfter(error: unknown): void {
    if (!(error instanceof Error)) return;
    if (error.message !== "Query read timeout" && !("severity" in error && error.severity === "FATAL")) return;
    const inside = this as unknown as Inside;
    inside._queryable = false;
    inside.connection.stream.destroy();
  }
}
