import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHANNELS, DOSSIER_STATES } from "../../src/dossiers/dossier-state.ts";
import { TIMELINESS, timelinessOn } from "../../src/dossiers/timeliness.ts";
import { type Day, dayOf, epochDay } from "../../src/lib/time/date.ts";
import { parsePeriod } from "../../src/lib/time/period.ts";
import { TODAY } from "../support/client.ts";
import { derivedOf } from "../support/dossier-rows.ts";
import { DossierClient, nameOf, namesOf, newestFirst, RUNS, SEED } from "./dossier-client.ts";
import type { MadeDossier } from "./random-dossiers.ts";
import { END_ON_FAILURE } from "../support/property.ts";

let asking: DossierClient;
beforeAll(async () => {
  asking = await DossierClient.start();
});
afterAll(() => asking.service.close());

const PLACES = [
  ["48", null],
  ["48", "2025-06-30"],
  ["492", "2025-06-30"],
  ["04", "2022-12-31"],
  ["048", "2025-01-01"],
  ["01558", null],
  ["20242", "2026-01-01"],
  ["VN", null],
] as const;
const PERIODS = ["2019", "2025", "2025-H1", "2024@ND09", "2018/2022", "2020-02-01/2026-01-31", "2026-11"] as const;

const filters = fc.record(
  {
    place: fc.constantFrom(...PLACES),
    procedure: fc.constantFrom("T.1", "T.2", "T.3"),
    field: fc.constantFrom("F.1", "F.2"),
    channel: fc.constantFrom(...CHANNELS),
    states: fc.subarray([...DOSSIER_STATES]),
    timeliness: fc.subarray([...TIMELINESS]),
    received: fc.constantFrom(...PERIODS),
    resolved: fc.constantFrom(...PERIODS),
  },
  { requiredKeys: [] },
);
type Filter = typeof filters extends fc.Arbitrary<infer T> ? T : never;

const isIn = (day: Day | null, period: string | undefined): boolean => {
  if (period === undefined) return true;
  const { from, to } = parsePeriod("period", period);
  return day !== null && from <= day && day <= to;
};

const keeps = (filter: Filter, units: ReadonlySet<string> | null) => {
  const { procedure, field, channel, states, timeliness, received, resolved } = filter;
  return (dossier: MadeDossier): boolean => {
    const { facts } = dossier;
    const isAccepted = facts.state !== "SUBMITTED" && facts.state !== "NOT_ACCEPTED";
    const isResolved = facts.state === "RESOLVED" || facts.state === "RESULT_RETURNED";
    const standing = timelinessOn(derivedOf(facts), epochDay(TODAY));
    return (
      (units === null || units.has(dossier.unit)) &&
      (procedure === undefined || dossier.procedure === procedure) &&
      (field === undefined || dossier.field === field) &&
      (channel === undefined || dossier.channel === channel) &&
      (states === undefined || states.includes(facts.state)) &&
      (timeliness === undefined || (standing !== null && timeliness.includes(standing))) &&
      isIn(isAccepted ? dayOf(new Date(facts.receivedAt!)) : null, received) &&
      isIn(isResolved ? dayOf(new Date(facts.endedAt!)) : null, resolved)
    );
  };
};

const compare = async ({ place, ...filter }: Filter): Promise<number> => {
  const [within, asOf] = place ?? [undefined, undefined];
  const page = await asking.list({ ...filter, ...(within !== undefined && { within, asOf }) });
  const units = within === undefined ? null : await asking.certainlyIn(within, asOf ?? TODAY);
  const expected = newestFirst(asking.made.filter(keeps(filter, units)));
  expect(namesOf(page)).toEqual(expected.map(nameOf));
  expect(page.totalCount).toBe(expected.length);
  return expected.length;
};

describe("filters of dossiers", () => {
  it("each select the same dossiers as a naive filter", async () => {
    const each: Filter[] = [
      ...PLACES.map((place) => ({ place })),
      ...PERIODS.flatMap((period) => [{ received: period }, { resolved: period }]),
      ...DOSSIER_STATES.map((state) => ({ states: [state] })),
      ...TIMELINESS.map((timeliness) => ({ timeliness: [timeliness] })),
      ...CHANNELS.map((channel) => ({ channel })),
      ...[{ procedure: "T.1" as const }, { field: "F.1" as const }],
    ];
    let empty = 0;
    for (const filter of each) if ((await compare(filter)) === 0) empty++;
    expect(empty).toBeLessThan(each.length / 5);
  });

  it("together select the same dossiers as a naive filter", async () => {
    await fc.assert(
      fc.asyncProperty(filters, async (filter) => void (await compare(filter))),
      { numRuns: RUNS, seed: SEED, endOnFailure: END_ON_FAILURE },
    );
  });

  it("by timeliness select accepted dossiers with that value today", async () => {
    const query = "query ($filter: DossierFilter!) { dossiers(filter: $filter, first: 1000) { nodes { state receivedAt timeliness } } }";
    for (const timeliness of TIMELINESS) {
      const { data } = await asking.service.ask<{ dossiers: { nodes: { receivedAt: string | null; timeliness: string }[] } }, object>(
        query,
        { filter: { timeliness: [timeliness] } },
        asking.keys.VN,
      );
      expect(data.dossiers.nodes.length).toBeGreaterThan(0);
      for (const node of data.dossiers.nodes) {
        expect(node.timeliness).toBe(timeliness);
        expect(node.receivedAt).not.toBeNull();
      }
    }
  });
});

describe("lists of dossiers of so many units that they are read from the newest on", () => {
  beforeAll(async () => {
    await sql`
      insert into record_unit (province_id, unit_id, kind, source_id, records, last_import_at)
      select 0, id, 'DOSSIERS', 0, 0, now() from unit where id in (select unit_id from unit_version where tier = 'COMMUNE') limit 9000`.execute(
      asking.service.database.orm.em.fork().getKysely(),
    );
  });

  it("are the same in pages of any size", () => asking.comparePages());

  it("select the same dossiers as a naive filter", async () => {
    await fc.assert(
      fc.asyncProperty(filters, async (filter) => void (await compare(filter))),
      { numRuns: Math.ceil(RUNS / 3), seed: SEED + 1, endOnFailure: END_ON_FAILURE },
    );
  });
});
