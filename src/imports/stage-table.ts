import { once } from "node:events";
import { finished } from "node:stream/promises";
import { Client } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { lockSession, tryLockSession } from "../database/locks.ts";
import type { StagedRow } from "./stage.ts";

/** The tables that imports of one kind share; an import of a file has tables like them for itself. */
export interface StageShape {
  readonly stage: string;
  readonly deltas: string;
  /** Columns of the stage in COPY order, after the import. */
  readonly columns: readonly string[];
}

const SPECIAL = /[\\\t\n\r]/;
const EACH_SPECIAL = new RegExp(SPECIAL, "g");
const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

const cellOf = (value: unknown): string => {
  if (value === null || value === undefined) return "\\N";
  if (Array.isArray(value)) return `{${value.map((item) => (item === null ? "NULL" : String(item))).join()}}`;
  if (typeof value === "string") return SPECIAL.test(value) ? value.replaceAll(EACH_SPECIAL, (character) => ESCAPES[character]!) : value;
  if (typeof value === "object") return cellOf(JSON.stringify(value));
  return JSON.stringify(value);
};

const lineOf = (key: string, columns: readonly string[], row: StagedRow): string => {
  let line = key;
  for (const name of columns) line += `\t${cellOf(row[name])}`;
  return `${line}\n`;
};

const BUFFER = 1 << 16;

/** A stage for one import, filled by COPY on its own connection, and a table of its counter changes; both are dropped with the connection. */
export class StageTable {
  readonly name: string;
  readonly deltas: string;
  readonly #key: string;
  readonly #columns: readonly string[];
  readonly #client: Client;

  constructor(client: Client, { stage, deltas, columns }: StageShape, key: string) {
    const suffix = key.replaceAll("-", "");
    this.name = `${stage}_${suffix}`;
    this.deltas = `${deltas}_${suffix}`;
    this.#columns = columns;
    this.#client = client;
    this.#key = key;
  }

  /** Creates the tables, and drops those of interrupted imports. */
  static async open(url: string, shape: StageShape, key: string): Promise<StageTable> {
    const { stage, deltas } = shape;
    const client = new Client({ connectionString: url, application_name: "cchc-graph" });
    await client.connect();
    const table = new StageTable(client, shape, key);
    await lockSession(client, "lock", "stage", table.name);
    await client.query(`create unlogged table ${table.name} (like ${stage} including defaults)`);
    await client.query(`create unlogged table ${table.deltas} (like ${deltas} including defaults)`);
    const { rows } = await client.query<{ name: string }>(
      "select relname as name from pg_class where relname ~ $2 and relkind = 'r' and relname <> $1",
      [table.name, `^${stage}_[0-9a-f]{32}$`],
    );
    for (const { name } of rows) {
      if (!(await tryLockSession(client, "stage", name))) continue;
      await client.query(`drop table if exists ${name}, ${name.replace(stage, deltas)}`);
      await lockSession(client, "unlock", "stage", name);
    }
    return table;
  }

  async fill(rows: AsyncIterable<StagedRow>): Promise<void> {
    const stream = this.#client.query(
      copyFrom(`copy ${this.name} ("import", ${this.#columns.map((name) => `"${name}"`).join()}) from stdin`),
    );
    const done = finished(stream);
    done.catch(() => {});
    let buffer = "";
    try {
      for await (const row of rows) {
        buffer += lineOf(this.#key, this.#columns, row);
        if (buffer.length < BUFFER) continue;
        const isFull = !stream.write(buffer);
        buffer = "";
        if (isFull) await Promise.race([once(stream, "drain"), done]);
      }
      stream.end(buffer);
      await done;
    } catch (error) {
      // The server waits for more data until the stream is destroyed.
      stream.destroy();
      await done.catch(() => {});
      throw error;
    }
    await this.#client.query(`analyze ${this.name}`);
  }

  async close(): Promise<void> {
    await this.#client.query(`drop table if exists ${this.name}, ${this.deltas}`).catch(() => {});
    await this.#client.end();
  }
}
