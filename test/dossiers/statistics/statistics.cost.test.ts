import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { STATEMENT_ROWS } from "../../../src/graphql/cost/reads.ts";
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

  it("is counted in rows: eighty fields, the units right below, five criteria, the units that are looked through, and statements", async () => {
    const costOf = async (selection: string) => {
      const { errors, extensions } = await askFor(service.server, `{ unit(code: "04") { ${selection} } }`);
      expect(errors).toBeUndefined();
      return extensions!.cost!.requested;
    };
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
});
