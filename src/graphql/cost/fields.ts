import {
  getNamedType,
  getNullableType,
  type GraphQLField,
  GraphQLInt,
  type GraphQLObjectType,
  type GraphQLSchema,
  isIntrospectionType,
  isLeafType,
  isListType,
} from "graphql";
import type { Reference } from "../../access/reference.ts";
import type { Arguments, Costs, FieldCost, Place, Rule, Step, Subject } from "../../module/cost/field-cost.ts";
import { carried, LIST_SIZE, unitsOf } from "../../module/cost/rules.ts";
import { bounded, unitsWithin } from "../../module/cost/unit-set.ts";
import type { Module } from "../../module/module.ts";
import { referencedUnits } from "../../units/unit.cost.ts";
import { introspected } from "./introspection.ts";

/** Extra rows for each field whose statement reads more than it returns; a statement takes that long before its first row. */
export const STATEMENT_ROWS = 20;

/** The fields requested of references are estimated for each kind. */
const entities: Rule = (_, args, place) => {
  const references = args["representations"] as readonly (Reference | null)[];
  const kinds = Map.groupBy(references, (reference) => reference?.["__typename"]);
  const byType = (type: string): Subject => {
    const ofType = kinds.get(type) ?? [];
    if (type !== "Unit") return { count: ofType.length };
    const units = referencedUnits(place, ofType as readonly Reference[]);
    return { count: units.count, units };
  };
  return { rows: references.length, below: { count: references.length, byType } };
};

const OWN: Costs = {
  fields: { "Query._entities": { rule: entities }, "_Service.sdl": { counted: 1000 } },
  parts: ["PageInfo", "_Service"],
};

export interface CostTable {
  readonly fields: ReadonlyMap<string, FieldCost>;
  readonly parts: ReadonlySet<string>;
}

export type CostPlace = Place & { readonly costs: CostTable };

export const costTableOf = (modules: readonly Module[]): CostTable => {
  const all = [OWN, ...modules.map(({ costs = {} }) => costs)];
  return {
    fields: new Map(all.flatMap(({ fields = {} }) => Object.entries(fields))),
    parts: new Set(all.flatMap(({ parts = [] }) => parts)),
  };
};

type Field = GraphQLField<unknown, unknown>;

const NOTHING_SAID: FieldCost = {};

export const stepOf = (
  type: GraphQLObjectType,
  field: Field,
  subject: Subject,
  args: Arguments,
  place: CostPlace & { readonly schema: GraphQLSchema },
): Step => {
  if (isIntrospectionType(type) || field.name.startsWith("__")) return introspected(field, subject, args, place);
  const name = `${type.name}.${field.name}`;
  const { fields, parts } = place.costs;
  const cost = fields.get(name) ?? NOTHING_SAID;
  const rule = cost.rule ?? (parts.has(name) ? carried : OF_PAGE.test(name) ? ofPage : byShape(field, cost, parts));
  const { rows, below } = rule(subject, args, place);
  if (!cost.hidden) return { rows: bounded(rows), below };
  const { own = 0, within = 0, isOfItems } = cost.hidden;
  const count = isOfItems ? below.count : subject.count;
  if (count === 0) return { rows: bounded(rows), below };
  const read = within === 0 ? 0 : within * unitsWithin(unitsOf({ ...subject, count }, place), place.hierarchy, place.effort);
  return { rows: bounded(rows + bounded(STATEMENT_ROWS + own * count + read)), below };
};

/** A page shows its items twice and reads them once. */
const OF_PAGE = /Connection\.(?:edges|nodes)$|Edge\.node$/;
const ofPage: Rule = ({ count, units }) => ({ rows: 0, below: { count, units } });

/** Cost of a field without a rule, from its shape alone. */
const byShape = ({ type, args: definitions }: Field, { size = LIST_SIZE, counted = 0 }: FieldCost, parts: ReadonlySet<string>): Rule => {
  const named = getNamedType(type);
  if (isLeafType(named))
    return ({ count, lists = count, listed = counted * lists }, args) => ({
      rows: itemsIn(args) + (counted === 0 ? 0 : listed),
      below: { count: 0 },
    });
  const isList = isListType(getNullableType(type));
  const isPage = definitions.some((argument) => argument.name === "first" && getNullableType(argument.type) === GraphQLInt);
  const length = isList ? size : Number(!parts.has(named.name));
  return ({ count }, args) => {
    const rows = bounded(count * ((isPage ? firstOf(args) : length) + itemsIn(args)));
    return { rows, below: isList ? { count: rows } : isPage ? { count: rows, lists: count } : { count } };
  };
};

const firstOf = ({ first }: Arguments): number => Math.max(0, (first as number | null | undefined) ?? LIST_SIZE);

/** Number of items of all lists in the arguments at any depth, because each may cause a row. */
const itemsIn = (value: unknown): number => {
  if (typeof value !== "object" || value === null) return 0;
  const parts = Object.values(value);
  let items = Array.isArray(value) ? parts.length : 0;
  for (const part of parts) items += itemsIn(part);
  return items;
};
