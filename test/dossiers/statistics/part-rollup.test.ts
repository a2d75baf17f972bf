import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startService, type TestService } from "../../support/client.ts";
import { dossier, givenDossiers, IMPORT, type ImportAnswer, type Sent } from "../../support/dossiers.ts";
import { issueKey } from "../../support/key.ts";

let service: TestService;
let officer: string;

beforeAll(async () => {
  service = await startService();
  officer = await givenDossiers(service);
});
afterAll(() => service.close());

const send = async (dossiers: readonly Sent[]) => {
  const sent = await service.ask<ImportAnswer, object>(IMPORT, { source: "cao-bang", dossiers: dossiers.map(dossier) }, officer);
  expect(sent.errors).toBeUndefined();
};

const MEASURES = [
  ...["received", "receivedOnline", "receivedDirect", "receivedPostal", "carriedOver", "resolved", "resolvedEarly", "resolvedOnTime"],
  ...["resolvedOverdue", "inProcess", "inProcessNotDue", "inProcessOverdue", "inProcessPaused", "withdrawn", "stopped"],
];
type Measures = Readonly<Record<string, number | null>>;
interface Parted {
  readonly unit: { readonly code: string };
  readonly dossiers: Measures & {
    readonly parts: readonly { readonly unit: { readonly code: string }; readonly isRemainder: boolean; readonly counts: Measures }[];
  };
}

const FIELDS = MEASURES.join(" ");
const PARTS = `query ($code: ID!, $asOf: Date, $period: Period!, $handledBy: Tier) { unit(code: $code, asOf: $asOf) { code
  dossiers(period: $period, handledBy: $handledBy) { ${FIELDS} parts { unit { code } isRemainder counts { ${FIELDS} } } } } }`;

interface Asked {
  readonly code: string;
  readonly period: string;
  readonly asOf?: string;
  readonly handledBy?: string;
}

const partsOf = async (variables: Asked, bearer?: string): Promise<Parted["dossiers"]> => {
  const { data, errors } = await service.ask<{ unit: Parted }, object>(PARTS, variables, bearer);
  expect(errors).toBeUndefined();
  return data.unit.dossiers;
};

const expectLaw = ({ parts, ...whole }: Parted["dossiers"]): void => {
  expect(parts.map(({ isRemainder }) => isRemainder)).toEqual(parts.map((_, n) => n === parts.length - 1));
  for (const measure of MEASURES) {
    const sum = parts.reduce((total, { counts }) => total + (counts[measure] ?? 0), 0);
    expect(sum, measure).toBe(whole[measure] ?? 0);
    if (whole[measure] === null)
      expect(
        parts.every(({ counts }) => counts[measure] === null),
        measure,
      ).toBe(true);
  }
};

const REPORTED: readonly Asked[] = ["VN", "04", "048"].flatMap((code) =>
  [undefined, "PROVINCE", "DISTRICT", "COMMUNE"].flatMap((handledBy): Asked[] =>
    ["2022", "2021"].map((period) => ({ code, period, asOf: "2022-12-31", ...(handledBy && { handledBy }) })),
  ),
);

describe("the parts of a roll-up", () => {
  it("equal the reported values, and the remainder has no value below", async () => {
    for (const asked of [...REPORTED, { code: "04", period: "2022" }, { code: "01558", period: "2022" }, { code: "42", period: "2022" }])
      expectLaw(await partsOf(asked));
    const { parts } = await partsOf({ code: "04", period: "2022", asOf: "2022-12-31" });
    expect(parts.map(({ unit, counts }) => [unit.code, counts["received"]])).toEqual([
      ["048", 32_521],
      ["04", 0],
    ]);
    const own = await partsOf({ code: "048", period: "2022", asOf: "2022-12-31" });
    expect(own.parts.map(({ unit, counts }) => [unit.code, counts["received"]])).toEqual([["048", 32_521]]);
  });

  it("are those of records and of figures that contradict them, at every level", async () => {
    await send([
      ...["01558", "01558", "01561", "01561", "01561"].map((unit, n) => ({ code: `new ${n}`, unit })),
      ...["01558", "01561"].map((unit, n) => ({
        code: `done ${n}`,
        unit,
        state: "RESOLVED" as const,
        endedAt: "2026-03-20T10:00:00+07:00",
      })),
      { code: "of the province", unit: "04", procedure: "1.000003" },
      { code: "of then", unit: "048", receivedAt: "2022-06-01T08:00:00+07:00" },
    ]);
    for (const code of ["VN", "04", "01558"])
      for (const period of ["2026-03", "2026", "2022", "2026-Q2"])
        for (const handledBy of [undefined, "PROVINCE", "DISTRICT", "COMMUNE"])
          expectLaw(await partsOf({ code, period, ...(handledBy && { handledBy }) }));
    for (const asked of REPORTED) expectLaw(await partsOf(asked));
    const { parts } = await partsOf({ code: "04", period: "2026-03" });
    expect(parts.map(({ unit, counts }) => [unit.code, counts["received"]])).toEqual([
      ["01558", 3],
      ["01561", 4],
      ["04", 1],
    ]);
    const ofCommunes = await partsOf({ code: "04", period: "2026-03", handledBy: "COMMUNE" });
    expect(ofCommunes.parts.map(({ unit, counts }) => [unit.code, counts["received"]])).toEqual([
      ["01558", 3],
      ["01561", 4],
      ["04", 0],
    ]);
  });

  it("add up for days that cut a half-month, whoever may see the records of which part", async () => {
    const period = "2026-03-02/2026-03-20";
    const ofCommune = await issueKey(service.database, "commune", { "01558": "VIEWER" });
    for (const bearer of [undefined, ofCommune, officer]) expectLaw(await partsOf({ code: "04", period }, bearer));
    const shown = await partsOf({ code: "04", period }, officer);
    expect(shown.parts.map(({ unit }) => unit.code)).toEqual(["01558", "01561", "04"]);
    expect((await partsOf({ code: "04", period }, ofCommune)).parts.map(({ unit }) => unit.code)).toEqual(["04"]);
  });

  it("have counts and rates, but not the fields that need the whole", async () => {
    const ask = (field: string) =>
      service.ask<{ unit: unknown }, object>(`{ unit(code: "01558") { dossiers(period: "2026-03") { parts { counts { ${field} } } } } }`);
    for (const field of [
      "parts { unit { code } }",
      "coverage { unitsCovered }",
      "byTier { tier }",
      "bounds(measure: RECEIVED) { low }",
      "exact",
    ])
      expect((await ask(field)).errors?.[0]?.extensions["code"], field).toBe("GRAPHQL_VALIDATION_FAILED");
    expect((await ask("period withdrawn onTimeRate(basis: HANDLED) { value } onlineRate { value }")).errors).toBeUndefined();
  });
});

describe("agencies as parts", () => {
  const state = async (numbers: Readonly<Record<string, number>>) => {
    const db = service.database.orm.em.fork().getKysely();
    for (const [code, value] of Object.entries(numbers))
      await sql`insert into figure (source_id, position, unit_id, scope, period_from, period_to, measure, value, qualifiers, quote)
        select 1, 99, unit_id, null, '2021-01-01', '2021-12-31', 'dossier.received', ${value}, '{}', 'q' from unit_version
        where code = ${code} and valid_from <= '2021-12-31' and (valid_to is null or valid_to > '2021-12-31')`.execute(db);
    await sql`delete from rollup_set`.execute(db);
  };

  it("follow the units below in their unit; agencies that only have their seat there are subtracted above", async () => {
    await state({ "48/so-y-te": 100, "48/cong-an-thanh-pho": 50, "490": 7 });
    const received = async (code: string, more: object = {}) => {
      const dossiers = await partsOf({ code, period: "2021", asOf: "2021-12-31", ...more });
      expectLaw(dossiers);
      return dossiers.parts.map(({ unit, counts }) => [unit.code, counts["received"]]);
    };
    expect(await received("48")).toEqual([
      ["490", 7],
      ["48/cong-an-thanh-pho", 50],
      ["48/so-y-te", 100],
      ["48", 0],
    ]);
    expect(await received("48", { handledBy: "PROVINCE" })).toEqual([
      ["48/so-y-te", 100],
      ["48", 0],
    ]);
    expect(await received("VN")).toEqual([
      ["48", 157],
      ["VN", -50],
    ]);
  });
});
