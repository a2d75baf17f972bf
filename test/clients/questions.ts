import {
  buildSchema,
  type GraphQLField,
  type GraphQLObjectType,
  getNamedType,
  type GraphQLArgument,
  isEnumType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from "graphql";
import { readFile } from "node:fs/promises";
import { EMBEDDED } from "../../schema/clients/cache-types.ts";

/** Two questions of one roll-up, each of other parts, also within lists and what lists hold. */
const of = (selection: string) => `
  query Asked { unit(code: "048", asOf: "2022-12-31") { id asOf dossiers(period: "2022") { ${selection} } } }`;

export const PAIRS: readonly (readonly [what: string, first: string, second: string])[] = [
  ["a rate", of("onTimeRate { value }"), of("onTimeRate { numerator }")],
  ["bounds", of("bounds(measure: RECEIVED) { low }"), of("bounds(measure: RECEIVED) { high }")],
  ["coverage", of("coverage { unitsExpected }"), of("coverage { unitsCovered }")],
  ["a list", of("byTier { tier }"), of("byTier { rollup { received } }")],
  ["rates within a list", of("byTier { rollup { onTimeRate { value } } }"), of("byTier { rollup { onTimeRate { low } } }")],
  ["points of a series", of("series(grain: QUARTER) { period received }"), of("series(grain: QUARTER) { onTimeRate { value } }")],
  ["sources, which have an id", of("sources { id title }"), of("sources { id kind }")],
];

export const BY_CODE = `query ByCode { unit(code: "048", asOf: "2022-12-31") { id asOf fullName } }`;
export const byId = (id: string): string => `query ById { unit(id: ${JSON.stringify(id)}, asOf: "2022-12-31") { id asOf fullName } }`;
export const TODAY_BY_CODE = `query ByCode { unit(code: "04") { id asOf fullName } }`;
export const todayById = (id: string): string => `query ById { unit(id: ${JSON.stringify(id)}) { id asOf fullName } }`;
/** An abolished unit, whose day is its last one. */
export const ENDED = 'query Ended { unit(id: "048.2015") { id asOf fullName } }';

export interface UnitAnswer {
  readonly unit: { readonly id: string; readonly asOf: string; readonly fullName: string };
}

const GIVEN: Readonly<Record<string, string>> = {
  ...{ period: '"2022"', year: "2022", on: '"2025-12-31"' },
};
/** How deep embedded objects are asked for within each other. */
const DEPTH = 3;

/**
 * For each embedded object or list of a unit: two queries that select different fields of it, at every depth. Fields that need a permission are omitted, and so
 * are Unit and other types with an id, which a cache identifies by that.
 */
export const halvesOfUnit = async (): Promise<(readonly [field: string, first: string, second: string])[]> => {
  const sdl = await readFile(new URL("../../schema/subgraph.graphql", import.meta.url), "utf8");
  const unit = buildSchema(sdl, { assumeValidSDL: true }).getType("Unit") as GraphQLObjectType;
  const fields = Object.values(unit.getFields()).filter(isEmbedded);
  return fields.map((field) => {
    const [first, second] = [0, 1].map(
      (half) => `query Half { unit(code: "48", asOf: "2022-12-31") { id asOf ${asked(field, half, DEPTH)} } }`,
    ) as [string, string];
    return [field.name, first, second];
  });
};

const valueOf = ({ name, type }: GraphQLArgument): string | undefined => {
  const named = getNamedType(type);
  return isEnumType(named) ? named.getValues()[0]!.name : GIVEN[name];
};

type Field = GraphQLField<unknown, unknown>;

const isEmbedded = ({ type, args }: Field): boolean => {
  const named = getNamedType(type);
  return (
    (EMBEDDED as readonly string[]).includes(named.name) && args.every((arg) => !isRequiredArgument(arg) || valueOf(arg) !== undefined)
  );
};

const asked = (field: Field, half: number, depth: number): string => {
  const args = field.args.filter(isRequiredArgument).map((arg) => `${arg.name}: ${valueOf(arg)}`);
  return `${field.name}${args.length > 0 ? `(${args.join(", ")})` : ""} { ${selected(getNamedType(field.type), half, depth)} }`;
};

const selected = (type: ReturnType<typeof getNamedType>, half: number, depth: number): string => {
  if (!isObjectType(type)) return "__typename";
  const fields = Object.values(type.getFields());
  const leaves = fields.filter((field) => isLeafType(getNamedType(field.type)) && field.args.length === 0 && !GUARDED.has(field.name));
  const inner = depth > 1 ? fields.filter((field) => isEmbedded(field) && !GUARDED.has(field.name)) : [];
  return [
    "__typename",
    ...leaves.filter((_, n) => n % 2 === half).map(({ name }) => name),
    ...inner.map((field) => asked(field, half, depth - 1)),
  ].join(" ");
};

/** What callers without a key are refused, or what costs much. */
const GUARDED: ReadonlySet<string> = new Set(["byField", "averageWorkingDays", "reconciliation", "series", "byTier", "byChannel", "parts"]);
