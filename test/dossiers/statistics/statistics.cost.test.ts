import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { STATEMENT_ROWS } from "../../../src/graphql/cost/fields.ts";
import { startService, type TestService } from "../../support/client.ts";
import { askFor } from "../../support/cost.ts";
import { givenDossiers } from "../../support/dossiers.ts";
import { statementsOf } from "../../support/statements.ts";

let service: TestService;
let officer: string;

beforeAll(async () => {
  service = await startService();
  const dossiers = ["01558", "01561", "04"].map((unit, n) => ({ code: `${n}`, unit }));
  officer = await givenDossiers(service, dossiers);
});
afterAll(() => service.close());

const costOfQuery = async (query: string): Promise<number> => {
  const { errors, extensions } = await askFor(service.server, query);
  expect(errors).toBeUndefined();
  return extensions!.cost!.requested;
};

const ROLLUP = `byField { field { code } counts { received } } byChannel { channel received } averageWorkingDays
  parts { unit { code } counts { received } } reconciliation { measure source { id } }`;
const ANSWERS = `whole: dossiers(period: "2026-03") { ${ROLLUP} } cut: dossiers(period: "2026-03-02/2026-11-20") { ${ROLLUP} }
  form06(period: "2026-03") { rows { toHandle field { code } } total { toHandle } } serviceQuality(period: "2026-03") { score criteria { rate { value } } }`;

describe("the cost of answers on roll-ups", () => {
  it("is a number of statements that does not grow with the units", async () => {
    const statements = async (first: number) => {
      const query = `{ units(within: "04", tier: COMMUNE, first: ${first}) { nodes { code ${ANSWERS} } } }`;
      // What is made when first asked for is made.
      expect((await service.ask(query, {}, officer)).errors).toBeUndefined();
      return (await statementsOf(() => service.ask(query, {}, officer))).length;
    };
    expect(await statements(40)).toBe(await statements(2));
  });

  it("is counted in rows: eighty fields, the units directly below, five criteria, the units that are read, and statements", async () => {
    const costOf = (selection: string) => costOfQuery(`{ unit(code: "04") { ${selection} } }`);
    const children = (await costOf("children { name }")) - 1;
    const within = (await costOf("descendants(first: 1) { totalCount }")) - 2;
    const rollup = (fields: string) => costOf(`dossiers(period: "2026-03") { ${fields} }`);
    expect(await rollup("byField { field { name } counts { received onlineRate { value } } }")).toBe(2 + 80 + within + 2 * STATEMENT_ROWS);
    expect(await rollup("byChannel { received } averageWorkingDays inProcessPaused")).toBe(2 + 3 + 1 + 2 * within + 3 * STATEMENT_ROWS);
    expect(await rollup("parts { unit { name } counts { received } }")).toBe(2 + children + 1 + 5 + within + 2 * STATEMENT_ROWS);
    expect(await rollup("reconciliation { measure source { id } }")).toBe(2 + 15 + 5 + 2 * STATEMENT_ROWS);
    expect(await costOf('form06(period: "2026-03") { rows { field { name } toHandle } total { toHandle } }')).toBe(
      2 + 80 + 1 + within + STATEMENT_ROWS,
    );
    expect(await costOf('serviceQuality(period: "2026-03") { score criteria { rate { value } } }')).toBe(
      2 + 5 + 1 + within + STATEMENT_ROWS,
    );
  });

  it("counts a row for each roll-up, and for each part of one", async () => {
    const at = (selection: string) => `{ unit(code: "04", asOf: "2025-06-30") { ${selection} } }`;
    expect(await costOfQuery(at('dossiers(period: "2024") { received onTimeRate { value } bounds(measure: RECEIVED) { high } }'))).toBe(
      2 + STATEMENT_ROWS,
    );
    // A range of years that is not stored costs the units of today.
    const unitsToday = (await costOfQuery("{ units(first: 1) { totalCount } }")) - 1;
    const within = (await costOfQuery(at("descendants(first: 1) { totalCount }"))) - 2;
    const coverage = await costOfQuery(at('dossiers(period: "2024") { coverage { unitsCovered } }'));
    expect(coverage).toBe(2 + 5 + 2 * within + 1 + 2 * STATEMENT_ROWS);
    // Its dossiers, the points of the series, and what is asked of them.
    const months = 2 + 12 * (1 + 15) + 3 * STATEMENT_ROWS;
    expect(await costOfQuery(at('dossiers(period: "2024") { series(grain: MONTH) { received byTier { rollup { received } } } }'))).toBe(
      Math.ceil(months + 12 * 4 + 0.15 * 12 * within),
    );
    expect(await costOfQuery(at('dossiers(period: "2024") { series(grain: MONTH) { coverage { unitsCovered } } }'))).toBe(
      months + 12 * (5 + 2 * within + 1),
    );
    expect(
      await costOfQuery(
        at('dossiers(period: "2021/2024") { byTier { rollup { series(grain: YEAR) { series(grain: QUARTER) { received } } } } }'),
      ),
    ).toBe(Math.ceil(2 + 4 + (4 * 4 + 4 * 4 * 4) * (1 + 15) + 0.15 * within + unitsToday + 4 * STATEMENT_ROWS));
    expect(await costOfQuery(at('tasks(period: "2024") { total } services(period: "2024") { online onlineRate { value } }'))).toBe(
      3 + 2 * STATEMENT_ROWS,
    );
    expect(
      await costOfQuery(
        at('indicators(period: "2024", codes: ["task-on-time", "dossier-online"]) { indicator { name } rate { value } unit { name } }'),
      ),
    ).toBe(1 + 2 + 2 + STATEMENT_ROWS);
    const { data } = await askFor(service.server, "{ indicators { code } }");
    const all = (data as { indicators: unknown[] }).indicators.length;
    expect(await costOfQuery(at('indicators(period: "2024") { rate { value } }'))).toBe(1 + all + STATEMENT_ROWS);
  });
});
