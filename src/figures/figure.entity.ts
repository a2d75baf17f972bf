import { defineEntity, p } from "@mikro-orm/core";
import { type Tier, Unit } from "../units/unit.entity.ts";

export const SOURCE_KINDS = ["REPORT", "RECORDS", "SYNTHETIC"] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** Where figures come from. */
const SourceSchema = defineEntity({
  name: "Source",
  properties: {
    id: p.integer().primary().autoincrement(),
    key: p.text().unique(),
    kind: p.text().$type<SourceKind>(),
    title: p.text(),
    unit: () => p.manyToOne(Unit).comment("The unit that it speaks of"),
    publishedOn: p.date().nullable(),
    note: p.text().nullable(),
  },
});
export class Source extends SourceSchema.class {}
SourceSchema.setClass(Source);

/** One reported number (or range) with the words that state it. */
const FigureSchema = defineEntity({
  name: "Figure",
  indexes: [{ properties: ["unit", "periodFrom"] }, { properties: ["periodFrom", "periodTo"] }, { properties: ["measure", "unit"] }],
  properties: {
    id: p.integer().primary().autoincrement(),
    source: () => p.manyToOne(Source),
    position: p.integer().comment("Row within the source, which is its order"),
    unit: () => p.manyToOne(Unit),
    scope: p.text().$type<Tier>().nullable().comment("Tier that handled it; null is the whole unit with all its tiers"),
    periodFrom: p.date(),
    periodTo: p.date(),
    measure: p.text(),
    value: p.double().nullable(),
    low: p.double().nullable(),
    high: p.double().nullable(),
    denominator: p.double().nullable().comment("Of how many, where the figure brings its own denominator"),
    qualifiers: p.json<Record<string, string>>(),
    quote: p.text(),
  },
});
export class Figure extends FigureSchema.class {}
FigureSchema.setClass(Figure);
