import fc from "fast-check";
import {
  getNamedType,
  getNullableType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isListType,
  isRequiredArgument,
} from "graphql";
import { cursorOf } from "../../../src/lib/page.ts";

const DAYS = ["2015-08-31", "2019-12-31", "2021-12-31", "2025-01-01", "2025-06-30", "2025-07-01", "2026-01-01"];

const text = (values: readonly unknown[]): string[] => values.map((value) => JSON.stringify(value));

/** Values of arguments whose type does not say which values mean anything. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  code: text(["VN", "48", "06", "04", "01", "01843", "058", "196", "x", "40"]),
  id: text(["06.2015", "48.2015", "01843.2025"]),
  codes: text([["490", "20194", "x", "48", "491", "490"], ["01", "04"], []]),
  within: text(["48", "04", "04.2015"]),
  search: text(["an", "uong bi", "b", "phu"]),
  // Of lists by code, and of lists by rank.
  after: text([cursorOf({ rank: 0, text: "20" }), cursorOf({ rank: 0, text: "48" }), cursorOf({ rank: 1, text: "48" })]),
};
const SCALARS: Readonly<Record<string, readonly string[]>> = { Boolean: ["true", "false"], Int: ["1", "3", "20", "200"], Date: text(DAYS) };

/** Lists that together contain every value, and some of which share values. */
const listsOf = (values: readonly string[]): string[] => {
  const size = Math.ceil(values.length / 3);
  const parts = [0, 1, 2].map((n) => values.slice(n * size, (n + 1) * size)).filter((part) => part.length > 0);
  return [...parts, values.filter((_, n) => n % 2 === 0)].map((part) => `[${part.join(", ")}]`);
};

const samplesOf = (place: string, name: string, given: GraphQLInputType): readonly string[] => {
  const type = getNullableType(given);
  if (NAMED[name]) return NAMED[name];
  if (isEnumType(type)) return type.getValues().map((value) => value.name);
  if (isListType(type)) return listsOf(samplesOf(place, name, type.ofType));
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    return fields.flatMap((field) =>
      samplesOf(`${place}.${field.name}`, field.name, field.type).map((value) => `{ ${field.name}: ${value} }`),
    );
  }
  const samples = SCALARS[getNamedType(type).name];
  if (!samples) throw new Error(`${place} has no values to draw: NAMED must contain some for "${name}", so that its estimate is tested`);
  return samples;
};

type Select = (selection: string) => string;

/** A field that leads from the root or from a unit to units, and values of its arguments. */
export interface UnitField {
  /** Type and name, such as Unit.children. */
  readonly name: string;
  readonly field: string;
  readonly isRoot: boolean;
  readonly required: readonly string[];
  readonly samples: ReadonlyMap<string, readonly string[]>;
  /** Each selects the same fields of its units. */
  readonly selects: readonly Select[];
}

const SELECTS: Readonly<Record<string, readonly Select[]>> = {
  Unit: [(selection) => `{ ${selection} }`],
  UnitConnection: [(selection) => `{ nodes { ${selection} } }`, (selection) => `{ edges { node { ${selection} } } }`],
  Succession: [(selection) => `{ unit { ${selection} } }`],
  Correspondence: [(selection) => `{ unit { ${selection} } }`],
};

const unitFieldOf = (type: string, field: GraphQLField<unknown, unknown>): UnitField[] => {
  const selects = SELECTS[getNamedType(field.type).name];
  if (!selects) return [];
  const name = `${type}.${field.name}`;
  const samples = field.args.map(
    (argument) => [argument.name, samplesOf(`${name}(${argument.name}:)`, argument.name, argument.type)] as const,
  );
  const required = field.args.filter(isRequiredArgument).map((argument) => argument.name);
  return [{ name, field: field.name, isRoot: type === "Query", required, samples: new Map(samples), selects }];
};

/** Read from the schema, so that a new argument is drawn as well. */
export const unitFieldsOf = (schema: GraphQLSchema): UnitField[] =>
  ["Query", "Unit"].flatMap((type) => {
    const fields = Object.values((schema.getType(type) as GraphQLObjectType).getFields());
    return fields.flatMap((field) => unitFieldOf(type, field));
  });

/** The arguments of a call, in parentheses if there are any. */
export const written = (args: Readonly<Record<string, string>>): string => {
  const all = Object.entries(args).map(([name, value]) => `${name}: ${value}`);
  return all.length === 0 ? "" : `(${all.join(", ")})`;
};

interface Choice {
  readonly without?: readonly string[];
  readonly always?: readonly string[];
}

/** The required arguments, those always drawn, and at most two others. */
export const drawnArguments = ({ samples, required }: UnitField, { without = [], always = [] }: Choice = {}) => {
  const fixed = [...required, ...always];
  const others = [...samples.keys()].filter((name) => !fixed.includes(name) && !without.includes(name));
  return fc
    .subarray(others, { maxLength: Math.min(2, others.length) })
    .chain((names) => fc.record(Object.fromEntries([...fixed, ...names].map((name) => [name, fc.constantFrom(...samples.get(name)!)]))));
};

/** A call of the field that selects fields of its units. */
export const drawnCall = (field: UnitField, selection: fc.Arbitrary<string>, choice?: Choice): fc.Arbitrary<string> =>
  fc
    .tuple(drawnArguments(field, choice), selection, fc.constantFrom(...field.selects))
    .map(([args, below, select]) => `${field.field}${written(args)} ${select(below)}`);
