import { sql } from "kysely";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RequestContext } from "../../src/access/request-context.ts";
import { closeAgency, registerAgency } from "../../src/administration/agency-register.service.ts";
import { unitLoaders } from "../../src/hierarchy/unit.loaders.ts";
import type { AgencyKind, Tier } from "../../src/hierarchy/unit.entity.ts";
import { NOW, TODAY } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";
import { END_ON_FAILURE, runs, seed } from "../support/property.ts";
import { viewerOf } from "../support/viewer.ts";

const RUNS = runs(25);
const SEED = seed(20_261_130);

let database: TestDatabase;
/** Numbers, codes and ids to draw from: of all units, and some of none. */
let units: { no: number; code: string; id: string }[];
beforeAll(async () => {
  database = await createDatabase();
  const viewer = await viewerOf(database, "admin", { VN: "ADMIN" });
  const context = () => new RequestContext(database.pools, NOW, { viewer });
  const register = (unit: string, kind: AgencyKind, name: string, validFrom: string, validTo?: string) =>
    registerAgency(context(), { unit, kind, name, validFrom, ...(validTo !== undefined && { validTo }) });
  await register("22", "DEPARTMENT", "Sở Xây dựng", "2015-08-31");
  const heir = await register("22", "DEPARTMENT", "Sở Giao thông", "2021-02-03", "2024-05-06");
  const gone = await register("22", "VERTICAL_AGENCY", "Cục Thuế", "2018-01-01", "2030-12-31");
  await closeAgency(context(), { id: gone.id, lastDay: "2023-04-05", successor: heir.id });
  units = await rows(sql`
    select no, code, id from (
      select v.unit_id as no, v.code, u.key as id, v.tier is null as is_agency, row_number() over (order by md5(u.key)) as place
      from unit_version v join unit u on u.id = v.unit_id) x
    where is_agency or place <= 400 order by no`);
  units.push({ no: 999_999, code: "99999", id: "99999.2015" });
});
afterAll(() => database.close());

const rows = async <R>(query: ReturnType<typeof sql<R>>): Promise<R[]> => (await query.execute(database.orm.em.fork().getKysely())).rows;

const day = fc.integer({ min: 0, max: 4300 }).map((n) => new Date(Date.UTC(2015, 7, 31) + n * 86_400_000).toISOString().slice(0, 10));

const holds = (on: string, version = "v") =>
  sql`${sql.ref(`${version}.valid_from`)} <= ${on}::date and coalesce(${sql.ref(`${version}.valid_to`)} > ${on}::date, true)`;
const columns = (
  on: ReturnType<typeof sql>,
) => sql`u.id as no, u.key as id, v.code, v.name, v.full_name as "fullName", v.name_en as "nameEn", v.kind, v.tier,
  ${on} as "asOf", u.began_on as "validFrom", u.ended_on - 1 as "validTo", v.parent_id as "parentNo", 'PUBLISHED' as evidence`;
const fixed = (on: string) => sql`${on}::date`;

/** Each question as one plain statement. */
const asked = {
  on: (no: number, on: string) =>
    rows(sql`select ${columns(fixed(on))} from unit_version v join unit u on u.id = v.unit_id where v.unit_id = ${no} and ${holds(on)}`),
  named: (by: "code" | "id", name: string, on: string | null) =>
    rows(sql`
      with holder as (
        select v.unit_id from unit_version v join unit u on u.id = v.unit_id
        where ${by === "code" ? sql`v.code` : sql`u.key`} = ${name} and ${on === null ? sql`v.valid_from <= ${TODAY}::date` : holds(on)}
        order by v.valid_from desc limit 1
      )
      select ${columns(sql`d.day`)} from holder h join unit u on u.id = h.unit_id
      cross join lateral (select ${on === null ? sql`least(${TODAY}::date, u.ended_on - 1)` : fixed(on)} as day) d
      join unit_version v on v.unit_id = u.id and v.valid_from <= d.day and coalesce(v.valid_to > d.day, true)`),
  children: (no: number, on: string, tier: Tier | null, agencies: boolean) =>
    rows(sql`select ${columns(fixed(on))} from unit_version v join unit u on u.id = v.unit_id
      where v.parent_id = ${no} and ${holds(on)} and ${agencies ? sql`v.kind in ('DEPARTMENT', 'VERTICAL_AGENCY')` : sql`v.tier is not null`}
        and (${tier}::text is null or v.tier = ${tier}) order by v.code collate "C"`),
  predecessors: (no: number, on: string) =>
    rows(sql`select ${columns(sql`s.effective_on - 1`)}, s.kind as "how", s.effective_on as "effectiveOn", s.share
      from succession s join unit u on u.id = s.predecessor_id
      join unit_version v on v.unit_id = u.id and v.valid_from <= s.effective_on - 1 and coalesce(v.valid_to > s.effective_on - 1, true)
      where s.successor_id = ${no} and s.effective_on <= ${on}::date order by v.code collate "C", s.effective_on`),
  successors: (no: number) =>
    rows(sql`select ${columns(sql`s.effective_on`)}, s.kind as "how", s.effective_on as "effectiveOn", s.share
      from succession s join unit u on u.id = s.successor_id
      join unit_version v on v.unit_id = u.id and v.valid_from <= s.effective_on and coalesce(v.valid_to > s.effective_on, true)
      where s.predecessor_id = ${no} order by v.code collate "C", s.effective_on`),
};

describe("units in memory", () => {
  const property = (check: (unit: (typeof units)[number], on: string) => Promise<void>) =>
    fc.assert(
      fc.asyncProperty(fc.nat(), day, async (n, on) => check(units[n % units.length]!, on)),
      { numRuns: RUNS * 8, seed: SEED, endOnFailure: END_ON_FAILURE },
    );
  const loaders = () => new RequestContext(database.pools, NOW).use(unitLoaders);

  it("are those of the tables on any day, by number, code and id", () =>
    property(async ({ no, code, id }, on) => {
      const { unitOn, unitByReference } = loaders();
      expect([await unitOn.load({ no, asOf: on })].filter(Boolean)).toEqual(await asked.on(no, on));
      for (const asOf of [on, null]) {
        expect([await unitByReference.load({ code, asOf })].filter(Boolean)).toEqual(await asked.named("code", code, asOf));
        expect([await unitByReference.load({ id, asOf })].filter(Boolean)).toEqual(await asked.named("id", id, asOf));
      }
    }));

  it("have the same units below and above them", () =>
    property(async ({ no }, on) => {
      const { childrenOf, ancestorsOf } = loaders();
      const key = { no, asOf: on };
      expect(await childrenOf.load({ ...key, tier: null, kinds: null })).toEqual(await asked.children(no, on, null, false));
      expect(await childrenOf.load({ ...key, tier: "COMMUNE", kinds: null })).toEqual(await asked.children(no, on, "COMMUNE", false));
      expect(await childrenOf.load({ ...key, tier: null, kinds: ["VERTICAL_AGENCY", "DEPARTMENT"] })).toEqual(
        await asked.children(no, on, null, true),
      );
      const above = [];
      for (let [unit] = (await asked.on(no, on)) as { parentNo: number | null }[]; unit?.parentNo != null;) {
        [unit] = (await asked.on(unit.parentNo, on)) as { parentNo: number | null }[];
        above.unshift(unit);
      }
      expect(await ancestorsOf.load(key)).toEqual(above);
    }));

  it("have the same predecessors and successors", () =>
    property(async ({ no }, on) => {
      const { predecessorsOf, successorsOf } = loaders();
      const flat = (steps: Awaited<ReturnType<typeof predecessorsOf.load>>) =>
        steps.map(({ unit, kind, ...step }) => ({ ...unit, how: kind, ...step }));
      expect(flat(await predecessorsOf.load({ no, asOf: on }))).toEqual(await asked.predecessors(no, on));
      expect(flat(await successorsOf.load({ no, asOf: on }))).toEqual(await asked.successors(no));
    }));
});
