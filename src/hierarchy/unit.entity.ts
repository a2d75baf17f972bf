import { defineEntity, p } from "@mikro-orm/core";

export const TIERS = ["COUNTRY", "PROVINCE", "DISTRICT", "COMMUNE"] as const;
export type Tier = (typeof TIERS)[number];

export const TERRITORIAL_KINDS = [
  "COUNTRY",
  "PROVINCE",
  "CENTRAL_CITY",
  "RURAL_DISTRICT",
  "URBAN_DISTRICT",
  "TOWN",
  "PROVINCIAL_CITY",
  "COMMUNE",
  "WARD",
  "TOWNSHIP",
  "SPECIAL_ZONE",
] as const;
/** Departments and divisions act for the unit they serve; vertical and central agencies only have their seat there. */
export const SERVING_KINDS = ["DEPARTMENT", "DIVISION"] as const;
export const SITTING_KINDS = ["VERTICAL_AGENCY", "CENTRAL_AGENCY"] as const;
export const AGENCY_KINDS = [...SERVING_KINDS, ...SITTING_KINDS] as const;
export const UNIT_KINDS = [...TERRITORIAL_KINDS, ...AGENCY_KINDS] as const;
export type AgencyKind = (typeof AGENCY_KINDS)[number];
export type UnitKind = (typeof UNIT_KINDS)[number];

/** A stable identity that is never reused; everything that may change belongs to its versions. */
const UnitSchema = defineEntity({
  name: "Unit",
  properties: {
    id: p.integer().primary(),
    key: p.text().unique().comment("Public id, such as 01843.2025"),
    beganOn: p.date().nullable().comment("First day; null where it lies before 2015-08-31, the first day known"),
    endedOn: p.date().nullable().comment("First day on which it is no more; null while it exists"),
  },
});
export class Unit extends UnitSchema.class {}
UnitSchema.setClass(Unit);

/** Code, names, kind and parent of a unit from valid_from until the day before valid_to. */
const UnitVersionSchema = defineEntity({
  name: "UnitVersion",
  indexes: [{ properties: ["code", "validFrom"] }, { properties: ["parent", "validFrom"] }],
  properties: {
    unit: () => p.manyToOne(Unit).primary(),
    validFrom: p.date().primary(),
    validTo: p.date().nullable(),
    code: p.text(),
    parent: () => p.manyToOne(Unit).nullable(),
    tier: p.text().$type<Tier>().nullable(),
    kind: p.text().$type<UnitKind>(),
    name: p.text(),
    fullName: p.text(),
    nameEn: p.text().nullable(),
    resolution: p.text().nullable(),
  },
});
export class UnitVersion extends UnitVersionSchema.class {}
UnitVersionSchema.setClass(UnitVersion);

export const SUCCESSION_KINDS = ["WHOLE", "PART"] as const;
export type SuccessionKind = (typeof SUCCESSION_KINDS)[number];

const SuccessionSchema = defineEntity({
  name: "Succession",
  indexes: [{ properties: ["successor"] }],
  properties: {
    predecessor: () => p.manyToOne(Unit).primary(),
    successor: () => p.manyToOne(Unit).primary(),
    effectiveOn: p.date(),
    kind: p.text().$type<SuccessionKind>(),
    share: p.double().nullable(),
    resolution: p.text().nullable(),
    note: p.text().nullable(),
  },
});
export class Succession extends SuccessionSchema.class {}
SuccessionSchema.setClass(Succession);

/** A day on which the hierarchy of territorial units changes; an edition is in force until the next one. */
const EditionSchema = defineEntity({
  name: "Edition",
  properties: {
    id: p.integer().primary(),
    startsOn: p.date().unique(),
    contributed: p.boolean().default(false).comment("Whether the contributions to it are stored"),
    recordsCounted: p.boolean().default(false).comment("Whether the counters of records are rolled up to it, and kept so"),
  },
});
export class Edition extends EditionSchema.class {}
EditionSchema.setClass(Edition);

/** One row, whose version names the present state of all units; every change of units gives it a new one. */
const HierarchyVersionSchema = defineEntity({
  name: "HierarchyVersion",
  properties: {
    id: p.integer().primary(),
    version: p.uuid(),
  },
});
export class HierarchyVersion extends HierarchyVersionSchema.class {}
HierarchyVersionSchema.setClass(HierarchyVersion);

/** Unit contributes to target in the hierarchy of an edition (see contribution.service.ts). */
const ContributionSchema = defineEntity({
  name: "Contribution",
  indexes: [{ properties: ["editionId", "unitId"] }],
  properties: {
    // Foreign keys would cost too much: one statement writes tens of thousands of rows from the tables that they would refer to.
    editionId: p.integer().primary(),
    targetId: p.integer().primary(),
    unitId: p.integer().primary(),
    certain: p.boolean(),
    nearest: p.boolean().comment("No smaller unit of the edition is contributed to below this target"),
  },
});
export class Contribution extends ContributionSchema.class {}
ContributionSchema.setClass(Contribution);
