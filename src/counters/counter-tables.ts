import { defineEntity, p } from "@mikro-orm/core";

/** Counters by unit for a day, half-month, quarter or year (grain 0, 1, 2, 3). */
export const unitCounters = (name: string, columns: readonly string[]) =>
  defineEntity({
    name,
    properties: {
      provinceId: p.integer().primary(),
      unitId: p.integer().primary(),
      grain: p.smallint().primary(),
      startsOn: p.date().primary(),
      slot: p.smallint().primary(),
      ...countColumns(columns),
    },
  });

/**
 * The same counters added up to the units of a present or future edition, certain and possible. The country has rows only for what is certain in no province; its other
 * counts are the sum of the provinces.
 */
export const treeCounters = (name: string, columns: readonly string[]) =>
  defineEntity({
    name,
    // The counters of one grain of all units are read in one pass.
    indexes: [{ properties: ["editionId", "grain", "targetId", "certain", "startsOn"] }],
    properties: {
      provinceId: p.integer().primary(),
      editionId: p.integer().primary(),
      targetId: p.integer().primary(),
      slot: p.smallint().primary(),
      certain: p.boolean().primary(),
      grain: p.smallint().primary(),
      startsOn: p.date().primary(),
      ...Object.fromEntries(columns.map((column) => [column, p.bigint("number").default(0)])),
    },
  });

export const countColumns = (columns: readonly string[]) => Object.fromEntries(columns.map((column) => [column, p.integer().default(0)]));
