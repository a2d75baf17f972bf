import type { GraphQLField } from "graphql";
import type { Reference } from "../../access/reference.ts";
import type { Arguments, Costs, FieldCost, Place, Rule, Step, Subject } from "../../module/cost/field-cost.ts";
import { unitsOf } from "../../module/cost/rules.ts";
import { bounded } from "../../module/cost/unit-set.ts";
import type { Module } from "../../module/module.ts";
import { referencedUnits } from "../../units/unit-sets.ts";
import { hiddenRows } from "./reads.ts";
import { shapeRule } from "./shape.ts";

const kindOf = (reference: unknown): unknown => (reference as { __typename?: unknown } | null)?.__typename;

/** The fields requested of references are estimated for each kind. */
const entities: Rule = (_, { representations }, place) => {
  const references = representations as readonly unknown[];
  const kinds = Map.groupBy(references, kindOf);
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

export const costTableOf = (modules: readonly Module[]): CostTable => {
  const all = [OWN, ...modules.map(({ costs = {} }) => costs)];
  return {
    fields: new Map(all.flatMap(({ fields = {} }) => Object.entries(fields))),
    parts: new Set(all.flatMap(({ parts = [] }) => parts)),
  };
};

const NOTHING_SAID: FieldCost = {};

export type CostPlace = Place & { readonly costs: CostTable };

export const stepOf = (name: string, field: GraphQLField<unknown, unknown>, subject: Subject, args: Arguments, place: CostPlace): Step => {
  const cost = place.costs.fields.get(name) ?? NOTHING_SAID;
  const { rule = shapeRule(field, cost, place.costs.parts), hidden } = cost;
  const { rows, below } = rule(subject, args, place);
  if (!hidden) return { rows: bounded(rows), below };
  const asked = hidden.isOfItems ? below.count : subject.count;
  return { rows: bounded(rows + hiddenRows(hidden, asked, () => unitsOf({ ...subject, count: asked }, place), place)), below };
};
