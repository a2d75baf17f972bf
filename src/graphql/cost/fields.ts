import { getNamedType, getNullableType, type GraphQLField, GraphQLInt, isLeafType, isListType } from "graphql";
import type { Reference } from "../../access/reference.ts";
import type { Arguments, Costs, FieldCost, Place, Rule, Step, Subject } from "../../module/cost/field-cost.ts";
import { carried, LIST_SIZE, unitsOf } from "../../module/cost/rules.ts";
import { bounded, unitsWithin } from "../../module/cost/unit-set.ts";
import type { Module } from "../../module/module.ts";
import { referencedUnits } from "../../units/unit.cost.ts";

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
  fields: { "Query._entities": entities, "_Service.sdl": { counted: 1000 } },
  parts: ["PageInfo", "_Service"],
};

/** By type and field, or by type alone. */
export type CostTable = ReadonlyMap<string, FieldCost>;
export type CostPlace = Place & { readonly costs: CostTable };

const PART: FieldCost = { rule: carried, size: 0 };

export const costTableOf = (modules: readonly Module[]): CostTable =>
  new Map(
    [OWN, ...modules.map(({ costs = {} }) => costs)].flatMap(({ fields = {}, parts = [] }) => [
      ...Object.entries(fields).map(([name, cost]) => [name, typeof cost === "function" ? { rule: cost } : cost] as const),
      ...parts.map((part) => [part, PART] as const),
    ]),
  );

type Field = GraphQLField<unknown, unknown>;

const NOTHING_SAID: FieldCost = {};

export const stepOf = (name: string, field: Field, subject: Subject, args: Arguments, place: CostPlace): Step => {
  const cost = place.costs.get(name) ?? NOTHING_SAID;
  const rule = cost.rule ?? (OF_PAGE.test(name) ? ofPage : byShape(field, cost, place.costs));
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
const byShape = ({ type, args: definitions }: Field, { size = LIST_SIZE, counted = 0 }: FieldCost, costs: CostTable): Rule => {
  const named = getNamedType(type);
  if (isLeafType(named))
    return ({ count, lists = count, listed = counted * lists }, args) => ({
      rows: itemsIn(args) + (counted === 0 ? 0 : listed),
      below: { count: 0 },
    });
  const isList = isListType(getNullableType(type));
  const isPage = definitions.some((argument) => argument.name === "first" && getNullableType(argument.type) === GraphQLInt);
  const length = isList ? size : (costs.get(named.name)?.size ?? 1);
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
