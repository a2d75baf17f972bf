import { defineEntity, p } from "@mikro-orm/core";
import { countColumns, treeCounters, unitCounters } from "../counters/counter-tables.ts";
import { COUNTS } from "./dossier-count.ts";

/**
 * The latest facts of one dossier and the values derived from them (dossier-state.ts). Keys of growing tables begin with the province, by which the tables may be
 * distributed, and have no foreign keys.
 */
const DossierSchema = defineEntity({
  name: "Dossier",
  indexes: [
    { properties: ["datedOn", "sourceId", "code"] },
    { properties: ["provinceId", "unitId", "datedOn"] },
    {
      name: "dossier_open_index",
      expression:
        "create index dossier_open_index on dossier (province_id, unit_id, due_on) where received_on is not null and ended_on is null",
    },
  ],
  properties: {
    provinceId: p.integer().primary().comment("Province of the handling unit at the first receipt; it never changes"),
    sourceId: p.integer().primary(),
    code: p.text().primary(),
    unitId: p.integer().comment("The unit that handles it"),
    slot: p.smallint().comment("Tier in which it counts: 1 country to 4 commune; 0 outside all tiers"),
    receivedById: p.integer(),
    procedureId: p.integer(),
    fieldId: p.integer(),
    channel: p.smallint().comment("1 direct, 2 online, 3 postal"),
    state: p.smallint().comment("1 to 10 of the national list"),
    submittedAt: p.datetime(3).nullable(),
    receivedAt: p.datetime(3).nullable(),
    dueAt: p.datetime(3).nullable(),
    dueProvisional: p.boolean(),
    extendedTo: p.datetime(3).nullable(),
    currentDueAt: p.datetime(3).nullable(),
    endedAt: p.datetime(3).nullable(),
    returnedAt: p.datetime(3).nullable(),
    updatedAt: p.datetime(3),
    receivedOn: p.date().nullable().comment("Null where it counts in nothing"),
    endedOn: p.date().nullable(),
    dueOn: p.date().nullable().comment("Present due day"),
    datedOn: p.date().comment("Day of receipt, else of submission, else of the last word"),
    outcome: p.smallint().nullable().comment("1 early, 2 on time, 3 overdue, 4 withdrawn, 5 stopped"),
    workingDays: p.integer().nullable().comment("From receipt to result, without pauses"),
    hasFee: p.boolean().comment("Of the procedure, as the next one"),
    isFull: p.boolean(),
    digitised: p.boolean().nullable(),
    paidOnline: p.boolean().nullable(),
    electronicResult: p.boolean().nullable(),
    pauses: p.smallint().comment("How many"),
    digest: p.uuid().comment("MD5 of what was sent"),
  },
});
export class Dossier extends DossierSchema.class {}
DossierSchema.setClass(Dossier);

const DossierPauseSchema = defineEntity({
  name: "DossierPause",
  properties: {
    provinceId: p.integer().primary(),
    sourceId: p.integer().primary(),
    code: p.text().primary(),
    position: p.smallint().primary(),
    unitId: p.integer().comment("The unit that handles the dossier"),
    reason: p.smallint().comment("1 supplement, 2 financial obligation"),
    fromAt: p.datetime(3),
    toAt: p.datetime(3).nullable(),
    isLate: p.boolean().comment("Begun after the due day, or not the first request for a supplement"),
  },
});
export class DossierPause extends DossierPauseSchema.class {}
DossierPauseSchema.setClass(DossierPause);

/** Counters by handling unit and field for a half-month, quarter or year (grain 1, 2, 3). */
export const DossierCount = defineEntity({
  name: "DossierCount",
  properties: {
    provinceId: p.integer().primary(),
    unitId: p.integer().primary(),
    slot: p.smallint().primary(),
    grain: p.smallint().primary(),
    startsOn: p.date().primary(),
    fieldId: p.integer().primary(),
    ...countColumns(COUNTS),
  },
});

/** Counters by handling unit, over all fields. */
export const DossierUnitCount = unitCounters("DossierUnitCount", COUNTS);
export const DossierTreeCount = treeCounters("DossierTreeCount", COUNTS);
