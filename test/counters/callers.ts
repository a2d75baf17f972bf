import { sql } from "kysely";
import type { Viewer } from "../../src/access/viewer.ts";
import { RequestContext } from "../../src/access/request-context.ts";
import { ensureContributions } from "../../src/hierarchy/contribution.service.ts";
import { addDays, type Day } from "../../src/lib/time/date.ts";
import { parsePeriod } from "../../src/lib/time/period.ts";
import type { TestDatabase } from "../support/database.ts";
import type { Days } from "./record-oracle.ts";

/** The ADMIN of the country and of each province, because agencies that only have their seat in a province do not contribute to the country. */
export const administrator = async (database: TestDatabase, today: Day): Promise<Viewer> => {
  const { rows } = await sql<{ unitNo: number; editionId: number }>`
    select v.unit_id as "unitNo", (select id from edition where starts_on <= ${today} order by starts_on desc limit 1) as "editionId"
    from unit_version v where v.tier in ('COUNTRY', 'PROVINCE') and v.valid_from <= ${today} and (v.valid_to is null or v.valid_to > ${today})
    order by v.tier, v.unit_id`.execute(database.orm.em.fork().getKysely());
  await ensureContributions(new RequestContext(database.pools, new Date()).session, [rows[0]!.editionId]);
  return { actor: "key:all", name: "all", grants: rows.map((place) => ({ ...place, role: "ADMIN", asOf: today, ended: false })) };
};

export const CALLERS = ["viewers", "everybody"] as const;
export type Caller = (typeof CALLERS)[number];

/** The last day of the last half-month that is over. */
const endedBefore = (today: Day): Day => {
  let day = addDays(today, -1);
  while (!["01", "15"].includes(addDays(day, 1).slice(8))) day = addDays(day, -1);
  return day;
};

/** The days of a period that the caller sees; null if there are none, or if they split a half-month and the caller is not a VIEWER. */
export const daysOf = (name: string, today: Day, caller: Caller): Days | null => {
  const { from, to } = parsePeriod("period", name);
  const cut = caller === "viewers" ? today : endedBefore(today);
  const last = to < cut ? to : cut;
  if (from > last) return null;
  const isWhole = ["01", "15"].includes(from.slice(8)) && ["01", "15"].includes(addDays(last, 1).slice(8));
  return caller === "viewers" || isWhole ? { from, to: last } : null;
};
