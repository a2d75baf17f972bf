import fc from "fast-check";
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from "graphql";
import { whole } from "./whole.ts";

export type Draw = fc.GeneratorValue;

/** What to draw arguments from, by their own name or that of their scalar: what exists, what does not, and what is nasty. */
export type Values = Readonly<Record<"ID" | "String" | "Date" | "Period" | "Int" | "Float", readonly unknown[]>> & {
  readonly names: Readonly<Record<string, readonly unknown[]>>;
};

export interface Operation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

const NASTY = [
  "",
  " ",
  "'",
  "' or 1=1 --",
  '"; drop table unit; --',
  "%",
  "_",
  "\\",
  "$1",
  "\0",
  "\uD800",
  "e\u0301",
  "\u202E",
  "a".repeat(5000),
  "__proto__",
];

/** Values of a country of the tests, three in four of them valid; `ids` are those of the test, and `named` those for arguments `name` or `field.name`. */
export const valuesOf = (ids: readonly string[], named: Readonly<Record<string, readonly unknown[]>> = {}): Values => ({
  ID: mostly(["VN", "48", "04", "048", "01", "01843", "06.2015", "48.2015", "99", "00000000-0000-4000-8000-000000000000", ...ids]),
  String: mostly(["uong bi", "Hạ Lang", "Đà Nẵng", "sở nội vụ", "MDpub3BlIQ==", "MDowNA"]),
  Date: mostly(
    ["2021-12-31", "2022-12-31", "2024-12-31", "2025-06-30", "2025-07-01", "2026-11-22"],
    ["0000-01-01", "9999-12-31", "2015-08-30"],
  ),
  Period: mostly(
    ["2021", "2022", "2024", "2022-H1", "2024-Q3", "2021@ND09", "2015/2018", "2022-01-01/2022-05-11"],
    ["0000", "9999", "2021-13"],
  ),
  Int: mostly([1, 2, 5, 50, 2021, 2022], [1000, 0, -1, 1001, 2_147_483_647, -2_147_483_648]),
  Float: [0, 1, 0.5, -1, 1e12, 2 ** 53, 1e308],
  names: {
    year: mostly([2021, 2022, 2025, 2027], [0, -1, 2_147_483_647]),
    field: mostly(["HT", "CT", "DD"]),
    ...Object.fromEntries(Object.entries(named).map(([name, good]) => [name, mostly(good)])),
  },
});

const mostly = (good: readonly unknown[], bad: readonly unknown[] = NASTY): unknown[] => {
  const times = Math.ceil((3 * bad.length) / good.length);
  return [...Array.from({ length: times }, () => good).flat(), ...bad];
};

const MAX_DEPTH = 7;

class Drawing {
  readonly #draw: Draw;
  readonly #schema: GraphQLSchema;
  readonly #values: Values;
  readonly variables: Record<string, unknown> = {};
  readonly declarations: string[] = [];
  #aliases = 0;

  constructor(draw: Draw, schema: GraphQLSchema, values: Values) {
    this.#draw = draw;
    this.#schema = schema;
    this.#values = values;
  }

  #number(max: number): number {
    return this.#draw(whole(0, max));
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#number(list.length - 1)]!;
  }

  operation(roots: readonly string[] | null): Operation {
    const kind = this.#number(roots ? 4 : 19) === 0 && this.#schema.getMutationType() ? "mutation" : "query";
    const root = kind === "mutation" ? this.#schema.getMutationType()! : this.#schema.getQueryType()!;
    const fields = Object.values(root.getFields()).filter(({ name }) => roots?.includes(name) ?? !name.startsWith("_service"));
    const count = kind === "mutation" ? 1 : 1 + this.#number(2);
    const selections = Array.from({ length: count }, () => this.#field(this.#pick(fields), 1));
    const declared = this.declarations.length > 0 ? `(${this.declarations.join(", ")})` : "";
    return { query: `${kind} Drawn${declared} { ${selections.join(" ")} }`, variables: this.variables };
  }

  #field(field: GraphQLField<unknown, unknown>, depth: number): string {
    const args = field.args
      .filter((arg) => isRequiredArgument(arg) || this.#number(2) === 0)
      .map((arg) => `${arg.name}: ${this.#argument(field.name, arg)}`)
      .join(", ");
    const alias = depth === 1 || this.#number(9) === 0 ? `a${++this.#aliases}: ` : "";
    return `${alias}${field.name}${args === "" ? "" : `(${args})`}${this.#selection(field.type, depth)}`;
  }

  #selection(type: GraphQLOutputType, depth: number): string {
    const named = nullable(type);
    if (isLeafType(named)) return "";
    if (!isObjectType(named))
      return " { __typename ... on Unit { code fullName } ... on Dossier { id receivedAt } ... on Procedure { name } ... on Report { title } }";
    const chosen = this.#fields(named, depth);
    const inner = chosen.map((field) => this.#field(field, depth + 1)).join(" ");
    return this.#number(9) === 0 ? ` { ... on ${named.name} { ${inner} } }` : ` { __typename ${inner} }`;
  }

  #fields(type: GraphQLObjectType, depth: number): GraphQLField<unknown, unknown>[] {
    const all = Object.values(type.getFields());
    const leaves = all.filter((field) => isLeafType(nullable(field.type)));
    const from = depth >= MAX_DEPTH && leaves.length > 0 ? leaves : all;
    // The same field twice with other arguments would not be valid.
    return [...new Set(Array.from({ length: 1 + this.#number(3) }, () => this.#pick(from)))];
  }

  #argument(field: string, { name: own, type }: GraphQLArgument): string {
    const place = `${field}.${own}`;
    const value = this.#value(place in this.#values.names ? place : own, type, 0);
    if (this.#number(2) > 0) return literal(type, value);
    const name = `v${this.declarations.length}`;
    this.declarations.push(`$${name}: ${type.toString()}`);
    this.variables[name] = value;
    return `$${name}`;
  }

  #value(name: string, type: GraphQLInputType, depth: number): unknown {
    if (isNonNullType(type)) return this.#value(name, type.ofType, depth);
    if (isListType(type)) return Array.from({ length: this.#number(3) }, () => this.#value(name, type.ofType, depth + 1));
    if (isEnumType(type)) return this.#pick(type.getValues()).name;
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter((field) => isRequiredInputField(field) || this.#number(1) === 0);
      return Object.fromEntries(fields.map((field) => [field.name, this.#value(field.name, field.type, depth + 1)]));
    }
    if (type.name === "Boolean") return this.#number(1) === 0;
    if (type.name === "_Any") return this.#reference();
    const ofName = this.#values.names[name];
    if (ofName) return this.#pick(ofName);
    return this.#pick(this.#values[type.name as Exclude<keyof Values, "names">] ?? this.#values.String);
  }

  #reference(): object {
    const __typename = this.#pick(["Unit", "Dossier", "Procedure", "Report"]);
    const key = __typename === "Procedure" || (__typename === "Unit" && this.#number(1) === 0) ? "code" : "id";
    const asOf = __typename === "Unit" && this.#number(1) === 0 ? { asOf: this.#pick(this.#values.Date) } : {};
    return { __typename, [key]: this.#pick(this.#values.ID), ...asOf };
  }
}

const nullable = (type: GraphQLOutputType): GraphQLOutputType =>
  isNonNullType(type) || isListType(type) ? nullable(type.ofType as GraphQLOutputType) : type;

/** A value in the language of documents. */
const literal = (type: GraphQLInputType, value: unknown): string => {
  if (isNonNullType(type)) return literal(type.ofType, value);
  if (isListType(type) && Array.isArray(value)) return `[${value.map((item) => literal(type.ofType, item)).join(", ")}]`;
  if (isEnumType(type)) return String(value);
  if (isInputObjectType(type)) {
    const fields = type.getFields();
    return `{${Object.entries(value as object)
      .map(([name, item]) => `${name}: ${literal(fields[name]!.type, item)}`)
      .join(", ")}}`;
  }
  if (value !== null && typeof value === "object")
    return `{${Object.entries(value)
      .map(([name, item]) => `${name}: ${JSON.stringify(item)}`)
      .join(", ")}}`;
  return JSON.stringify(value);
};

/** A random operation that the schema takes, of these root fields or of all, with values that it may not. */
export const drawOperation = (draw: Draw, schema: GraphQLSchema, values: Values, roots: readonly string[] | null = null): Operation =>
  new Drawing(draw, schema, values).operation(roots);
