import { defineEntity, p } from "@mikro-orm/core";
import { type Tier, Unit } from "../hierarchy/unit.entity.ts";

export const SOURCE_KINDS = ["REPORT", "RECORDS", "SYNTHETIC"] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** What numbers come from: a stored source, or a publication of assessments. */
export type EvidenceSourceKind = SourceKind | "ASSESSMENT";

/** Only viewers of a draft count it; SUPERSEDED and WITHDRAWN sources remain stored but do not count. */
export const SOURCE_STATES = ["DRAFT", "PUBLISHED", "SUPERSEDED", "WITHDRAWN"] as const;
export type SourceState = (typeof SOURCE_STATES)[number];

const SourceSchema = defineEntity({
  name: "Source",
  indexes: [
    { properties: ["state", "unit"] },
    { properties: ["supersedes"] },
    {
      name: "source_name_unique",
      expression: "create unique index source_name_unique on source (name, unit_id) where name is not null and retired_at is null",
    },
  ],
  uniques: [{ properties: ["submittedBy", "idempotencyKey"] }],
  properties: {
    id: p.integer().primary().autoincrement(),
    key: p.text().unique(),
    kind: p.text().$type<SourceKind>(),
    title: p.text(),
    name: p.text().nullable().comment("Of a system that sends records: its name, one of its kind among those of its unit"),
    unit: () => p.manyToOne(Unit).comment("The unit that it speaks of, or whose system it is"),
    publishedOn: p.date().nullable(),
    note: p.text().nullable(),
    state: p.text().$type<SourceState>().default("PUBLISHED"),
    supersedes: () => p.manyToOne(Source).nullable().comment("The report that this one corrects"),
    reason: p.text().nullable().comment("Why it was withdrawn"),
    submittedAt: p.datetime().nullable(),
    stateAt: p.datetime().nullable().comment("When it came into its present state"),
    retiredAt: p.datetime().nullable().comment("Since when it takes nothing more"),
    submittedBy: p.text().nullable().comment("Actor whose idempotency key it is"),
    idempotencyKey: p.text().nullable(),
    digest: p.text().nullable().comment("SHA-256 of what was submitted"),
  },
});
export class Source extends SourceSchema.class {}
SourceSchema.setClass(Source);

/** One reported number or range, with the words of the source. */
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
