import pg from "pg";

export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Name under which the connection prepares it; without one it is parsed each time. */
  readonly name: string | undefined;
}

/** Internals of the driver's connection. */
interface Connection {
  readonly stream: { cork(): void; uncork(): void };
  readonly parsedStatements: Record<string, string>;
  readonly submittedNamedStatements: Record<string, string>;
  sync(): void;
}

/** Internals of the driver's query, which this reuses for each statement. */
interface Part {
  readonly name: string | undefined;
  readonly text: string;
  callback: (error: unknown) => void;
  readonly _result: StatementResult;
  /** A row that the driver could not read. */
  readonly _canceledDueToError: unknown;
  prepare(connection: Connection): void;
  handleRowDescription(message: unknown): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: unknown): void;
}

export interface StatementResult {
  readonly command: string;
  readonly rowCount: number | null;
  readonly rows: readonly unknown[];
}

const Query = pg.Query as unknown as new (config: object) => Part;

/**
 * Statements that go to PostgreSQL in one message, which it answers in one: each sees what those before it did. The first that fails ends them all. It is a query of the
 * driver, whose methods receive what the server answers.
 */
export class StatementMessage {
  readonly #parts: readonly Part[];
  #done = 0;
  #broken: unknown = null;
  /** The driver replaces it to end its timer. */
  callback: (error: unknown, results?: readonly StatementResult[]) => void;

  constructor(statements: readonly Statement[], types: unknown, callback: StatementMessage["callback"]) {
    this.callback = callback;
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
    // Only the last statement is followed by the end of the message.
    const open = Object.assign(Object.create(connection) as Connection, { sync: () => {} });
    connection.stream.cork();
    for (const part of this.#parts) if (this.#broken === null) part.prepare(open);
    connection.sync();
    connection.stream.uncork();
    return null;
  }

  handleRowDescription(message: unknown): void {
    this.#parts[this.#done]!.handleRowDescription(message);
  }

  handleDataRow(message: unknown): void {
    this.#parts[this.#done]!.handleDataRow(message);
  }

  handleCommandComplete(message: unknown, connection: unknown): void {
    this.#parts[this.#done++]!.handleCommandComplete(message, connection);
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
