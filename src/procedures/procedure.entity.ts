import { defineEntity, p } from "@mikro-orm/core";
import type { Tier } from "../hierarchy/unit.entity.ts";

export const SERVICE_LEVELS = ["INFORMATION", "PARTIAL", "FULL"] as const;
export type ServiceLevel = (typeof SERVICE_LEVELS)[number];

/** A field of procedures (lĩnh vực). */
const ProcedureFieldSchema = defineEntity({
  name: "ProcedureField",
  properties: {
    id: p.integer().primary().autoincrement(),
    code: p.text().unique(),
    name: p.text(),
  },
});
export class ProcedureField extends ProcedureFieldSchema.class {}
ProcedureFieldSchema.setClass(ProcedureField);

/** An administrative procedure of the catalogue (thủ tục hành chính). */
const ProcedureSchema = defineEntity({
  name: "Procedure",
  indexes: [{ properties: ["field"] }],
  properties: {
    id: p.integer().primary().autoincrement(),
    code: p.text().unique(),
    name: p.text(),
    words: p.text().comment("Folded name with a blank before each word"),
    field: () => p.manyToOne(ProcedureField),
    competence: p.text().$type<Tier>(),
    serviceLevel: p.text().$type<ServiceLevel>(),
    workingDays: p.double().nullable().comment("Statutory limit; null where the law sets none"),
    hasFee: p.boolean(),
  },
});
export class Procedure extends ProcedureSchema.class {}
ProcedureSchema.setClass(Procedure);
