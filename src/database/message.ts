import pg from "pg";

export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Name under which the connection prepares it; without one it is parsed each time. */
  readonly name: string | undefined;
  /** Receives each row as it comes; the result has none then. */
  readonly take?: ((row: unknown) => void) | undefined;
}

/** Internals of the driver's connection. */
interface Connection {
  readonly stream: { readonly writable: boolean; write(bytes: Buffer): boolean };
  readonly parsedStatements: Record<string, string>;
  readonly submittedNamedStatements: Record<string, string>;
  describe(portal: object): void;
}

interface DataRow {
  readonly fields: readonly unknown[];
}

/** Internals of the driver's query, which this reuses for each statement. */
interface Part {
  readonly name: string | undefined;
  readonly text: string;
  callback: (error: unknown) => void;
  readonly _result: StatementResult & Described & { parseRow(fields: readonly unknown[]): unknown };
  /** A row that the driver could not read. */
  readonly _canceledDueToError: unknown;
  prepare(connection: Connection): void;
  handleRowDescription(message: unknown): void;
  handleDataRow(message: DataRow): void;
  handleCommandComplete(message: unknown, connection: unknown): void;
}

export interface StatementResult {
  readonly command: string;
  readonly rowCount: number | null;
  readonly rows: readonly unknown[];
}

/** The columns of the rows, with what reads them. */
interface Described {
  readonly fields: readonly unknown[];
  readonly _parsers: unknown;
  readonly _prebuiltEmptyResultObject: unknown;
}

/** What each prepared statement of a connection returns, which PostgreSQL then need not tell again. */
const described = new WeakMap<object, Map<string, Described>>();

const describedOn = (connection: object): Map<string, Described> => {
  const found = described.get(connection) ?? new Map<string, Described>();
  described.set(connection, found);
  return found;
};

/** Does what the driver does when it reads the description. */
const assume = (part: Part, description: Described): void => {
  const { _result: result } = part;
  Object.assign(result, description);
  Object.assign(part, { _accumulateRows: true });
};

/** Collects what the driver writes of a message, so that it is written at once. */
interface Collector {
  readonly bytes: Buffer[];
  readonly open: Connection;
  /** For statements whose description is known. */
  readonly known: Connection;
}

const collectors = new WeakMap<object, Collector>();

const collectorOf = (connection: Connection): Collector => {
  const found = collectors.get(connection) ?? collect(connection);
  collectors.set(connection, found);
  return found;
};

const collect = (connection: Connection): Collector => {
  // As the driver does at the end of its first message.
  Object.assign(connection, { _ending: true });
  const bytes: Buffer[] = [];
  const stream = { writable: true, write: (part: Buffer) => bytes.push(part) > 0 };
  // Only the last statement is followed by the end of the message.
  const open = Object.assign(Object.create(connection) as Connection, { stream, sync: () => {} });
  return { bytes, open, known: Object.assign(Object.create(open) as Connection, { describe: () => {} }) };
};

/** The end of a message. */
const SYNC = Buffer.from([0x53, 0, 0, 0, 4]);

const Query = pg.Query as unknown as new (config: object) => Part;

/**
 * Statements that go to PostgreSQL in one message, which it answers in one: each sees what those before it did. The first that fails ends them all. It is a query of the
 * driver, whose methods receive what the server answers.
 */
export class StatementMessage {
  readonly #parts: readonly Part[];
  readonly #takes: readonly Statement["take"][];
  #done = 0;
  #described = new Map<string, Described>();
  #broken: unknown = null;
  /** The driver replaces it to end its timer. */
  callback: (error: unknown, results?: readonly StatementResult[]) => void;

  constructor(statements: readonly Statement[], types: unknown, callback: StatementMessage["callback"]) {
    this.callback = callback;
    this.#takes = statements.map(({ take }) => take);
    this.#parts = statements.map(({ text, values, name }) => {
      const part = new Query({ text, values, name, queryMode: "extended" });
      const { _result: result } = part;
      Object.assign(result, { _types: types });
      part.callback = (error) => (this.#broken ??= error);
      return part;
    });
  }

  /** Of the statement whose answer comes next; the driver notes it when that is parsed. */
  get name(): string | undefined {
    return this.#parts[this.#done]?.name;
  }

  get text(): string | undefined {
    return this.#parts[this.#done]?.text;
  }

  /** Of all its statements. */
  get texts(): readonly string[] {
    return this.#parts.map(({ text }) => text);
  }

  submit(connection: Connection): null {
    this.#described = describedOn(connection);
    const { open, known, bytes } = collectorOf(connection);
    bytes.length = 0;
    for (const part of this.#parts) {
      if (this.#broken !== null) break;
      const description = part.name === undefined ? undefined : this.#described.get(part.name);
      if (description) assume(part, description);
      part.prepare(description ? known : open);
    }
    if (connection.stream.writable) connection.stream.write(Buffer.concat([...bytes, SYNC]));
    return null;
  }

  handleRowDescription(message: unknown): void {
    this.#parts[this.#done]!.handleRowDescription(message);
  }

  handleDataRow(message: DataRow): void {
    const [part, take] = [this.#parts[this.#done]!, this.#takes[this.#done]];
    if (!take) return part.handleDataRow(message);
    if (this.#broken !== null) return;
    const { _result: result } = part;
    try {
      take(result.parseRow(message.fields));
    } catch (error) {
      this.#broken = error;
    }
  }

  handleCommandComplete(message: unknown, connection: unknown): void {
    const part = this.#parts[this.#done++]!;
    part.handleCommandComplete(message, connection);
    const { _result: result } = part;
    const { fields, _parsers, _prebuiltEmptyResultObject } = result;
    if (part.name !== undefined) this.#described.set(part.name, { fields, _parsers, _prebuiltEmptyResultObject });
  }

  handleError(error: unknown, { parsedStatements, submittedNamedStatements }: Connection): void {
    for (const { name } of this.#parts.slice(this.#done))
      if (name !== undefined && !(name in parsedStatements)) delete submittedNamedStatements[name];
    this.callback(error);
  }

  handleReadyForQuery(): void {
    const error = this.#broken ?? this.#parts.map(({ _canceledDueToError: unread }) => unread).find(Boolean);
    if (error) this.callback(error);
    else
      this.callback(
        null,
        this.#parts.map(({ _result: result }) => result),
      );
  }
}
