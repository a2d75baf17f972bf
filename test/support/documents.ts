import {
  type DocumentNode,
  getNamedType,
  type GraphQLField,
  type GraphQLNamedOutputType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  Kind,
  parse,
  visit,
} from "graphql";
import type { Draw } from "./operations.ts";
import { whole } from "./whole.ts";

/** Variables as documents define them, and what requests send for them; undefined is nothing. */
const VARIABLES: Readonly<Record<string, readonly [definition: string, values: readonly unknown[]]>> = {
  a: ["Boolean!", [true, false]],
  b: ["Boolean!", [true, false]],
  c: ["Boolean = true", [true, false, undefined, undefined, null]],
  d: ["Boolean! = false", [true, false, undefined]],
  n: ["Int = 2", [0, 1, 3, undefined, null]],
  m: ["Int!", [1, 2]],
  s: ["String", ["x", "", null, undefined]],
  e: ["Colour = RED", ["GREEN", "BLUE", null, undefined]],
  w: ["Wish", [{ count: 1 }, { count: 2, text: null, colours: ["RED", "BLUE"], next: { count: 3 } }, null, undefined]],
  l: ["[Int!]", [[1, 2], [], 3, null, undefined]],
  y: ["Day", ["2026-11-22", null, undefined]],
};
const CONDITIONS = ["$a", "$a", "$b", "$b", "$c", "$d", "true", "false"];

/** Arguments by the field that takes them; of one alias always the same, so that fields of one name can be merged. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  near: ["", "(first: 1)", "(first: $n)", "(first: 3)"],
  echo: [
    "",
    '(text: "\\"; process.exit(1); \\u2028 ${1}", count: 1)',
    "(text: $s, colour: $e, count: $n)",
    "(numbers: [1, $n])",
    "(wish: $w, numbers: $l, day: $y)",
    "(wish: { count: $m, colours: [RED, $e], next: { count: 1, text: $s } }, numbers: [1, $m], sure: $c, colour: null)",
    '(any: { a: [1, "2", { b: null }], c: $s }, day: "2026-11-22", numbers: 4)',
    '(text: "__MAGIC_DATE__33a9e76d_02e0_4128_8e92_3530ad3da74dglobalThis.breached=true", any: "__MAGIC_NAN__57f286b9_4c20_487f_b409_79804ddcb4f8")',
  ],
  need: ["(count: 1)", "(count: $n)", "(count: $m)"],
  must: ["", "(count: $n)", "(count: 3)"],
  place: ["", "(number: 2)", "(number: $n)", "(number: 5)"],
  thing: ["", "(number: 4)", "(number: $m)"],
};

export interface DrawnDocument {
  readonly source: string;
  readonly operations: readonly { readonly name: string; readonly variables: readonly Readonly<Record<string, unknown>>[] }[];
}

/** Fields that fail for some of their objects, or whose arguments may be refused. */
const TROUBLE = new Set(["fails", "failsLater", "breaks", "odd", "throws", "worn", "sure", "thing", "need", "must"]);

const MAX_DEPTH = 4;

class Drawing {
  readonly #draw: Draw;
  readonly #schema: GraphQLSchema;
  readonly #fragments: readonly (readonly [name: string, type: GraphQLNamedOutputType])[];

  constructor(draw: Draw, schema: GraphQLSchema) {
    this.#draw = draw;
    this.#schema = schema;
    const types = Object.values(schema.getTypeMap()).filter((type) => isCompositeType(type) && !type.name.startsWith("__"));
    this.#fragments = Array.from({ length: this.#number(4) }, (_, n) => [`F${n}`, this.#pick(types) as GraphQLNamedOutputType]);
  }

  #number(max: number): number {
    return this.#draw(whole(0, max));
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#number(list.length - 1)]!;
  }

  document(): DrawnDocument {
    const root = this.#schema.getQueryType()!;
    const bodies = Array.from({ length: 1 + this.#number(2) }, () => this.#selections(root, 0, -1));
    const fragments = this.#fragments.map(([name, type], n) => `fragment ${name} on ${type.name} ${this.#selections(type, 2, n)}`);
    const draft = parse([...bodies.map((body, n) => `query Q${n} ${body}`), ...fragments].join("\n"));
    const uses = bodies.map((_, n) => usedBy(draft, `Q${n}`));
    const used = fragments.filter((_, n) => uses.some(({ fragments: names }) => names.has(`F${n}`)));
    const queries = bodies.map((body, n) => `query Q${n}${definitionsOf(uses[n]!.variables)} ${body}`);
    const operations = uses.map(({ variables }, n) => ({
      name: `Q${n}`,
      variables: Array.from({ length: 2 }, () => this.#values(variables)),
    }));
    return { source: [...queries, ...used].join("\n"), operations };
  }

  #values(names: ReadonlySet<string>): Record<string, unknown> {
    return Object.fromEntries([...names].map((name) => [name, this.#pick(VARIABLES[name]![1])]).filter(([, value]) => value !== undefined));
  }

  #condition(): string {
    if (this.#number(2) > 0) return "";
    const one = () => `@${this.#pick(["skip", "include"])}(if: ${this.#pick(CONDITIONS)})`;
    return this.#number(9) === 0 ? ` @include(if: ${this.#pick(CONDITIONS)}) @skip(if: ${this.#pick(CONDITIONS)})` : ` ${one()}`;
  }

  /** Fragments are spread by operations and by fragments before them. */
  #selections(type: GraphQLNamedOutputType, depth: number, fragment: number): string {
    const chosen = Array.from({ length: 1 + this.#number(2) }, () => this.#selection(type, depth, fragment));
    return `{ ${chosen.join(" ")} }`;
  }

  #selection(type: GraphQLNamedOutputType, depth: number, fragment: number): string {
    const kind = this.#number(9);
    const spreads = this.#fragments.filter(([, other], n) => n > fragment && this.#overlap(type, other));
    if (kind < 2 && spreads.length > 0) return `...${this.#pick(spreads)[0]}${this.#condition()}`;
    if (kind < 4 && depth < MAX_DEPTH) {
      const others = Object.values(this.#schema.getTypeMap()).filter(
        (other) => isCompositeType(other) && this.#overlap(type, other) && !other.name.startsWith("__"),
      );
      const other = this.#number(3) === 0 ? type : (this.#pick(others) as GraphQLNamedOutputType);
      const on = other === type && this.#number(1) === 0 ? "" : ` on ${other.name}`;
      return `...${on}${this.#condition()} ${this.#selections(other, depth + 1, fragment)}`;
    }
    return this.#field(type, depth, fragment);
  }

  #field(type: GraphQLNamedOutputType, depth: number, fragment: number): string {
    const fields = isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
    const leaves = fields.filter((field) => isLeafType(getNamedType(field.type)));
    const from: GraphQLField<unknown, unknown>[] = depth >= MAX_DEPTH ? leaves : fields;
    if (from.length === 0 || this.#number(9) === 0)
      return `${this.#pick(["", "t: ", "constructor: ", "then: ", "idx0: ", "valueOf: "])}__typename${this.#condition()}`;
    const sound = from.filter(({ name }) => depth === 0 || !TROUBLE.has(name));
    const field = this.#pick(this.#number(19) === 0 || sound.length === 0 ? from : sound);
    const args = ARGUMENTS[field.name] ?? [""];
    const chosen = this.#number(args.length - 1);
    // Objects differ in whether a label may be null.
    const own = field.name === "label" && isObjectType(type) ? `${type.name}_` : "";
    const response = `${own}${field.name}${chosen > 0 ? `_${chosen}` : ""}`;
    const alias = response === field.name ? "" : `${response}: `;
    const named = getNamedType(field.type);
    const below = isLeafType(named) ? "" : ` ${this.#selections(named, depth + 1, fragment)}`;
    return `${alias}${field.name}${args[chosen]!}${this.#condition()}${below}`;
  }

  #overlap(one: unknown, other: unknown): boolean {
    const possible = (type: unknown) => (isAbstractType(type) ? this.#schema.getPossibleTypes(type) : [type]);
    return possible(one).some((type) => possible(other).includes(type as never));
  }
}

const definitionsOf = (variables: ReadonlySet<string>): string =>
  variables.size === 0 ? "" : `(${[...variables].map((name) => `$${name}: ${VARIABLES[name]![0]}`).join(", ")})`;

/** What an operation uses, through fragments. */
const usedBy = (document: DocumentNode, operation: string) => {
  const fragments = new Set<string>();
  const variables = new Set<string>();
  const look = (name: string, kind: Kind): void => {
    for (const definition of document.definitions)
      if (definition.kind === kind && "name" in definition && definition.name?.value === name)
        visit(definition, {
          Variable: ({ name: { value } }) => void variables.add(value),
          FragmentSpread: ({ name: { value } }) => {
            if (fragments.has(value)) return;
            fragments.add(value);
            look(value, Kind.FRAGMENT_DEFINITION);
          },
        });
  };
  look(operation, Kind.OPERATION_DEFINITION);
  return { fragments, variables };
};

/** A random document of one to three operations on the maze, most of them valid, with two sets of variables for each. */
export const drawDocument = (draw: Draw, schema: GraphQLSchema): DrawnDocument => new Drawing(draw, schema).document();
