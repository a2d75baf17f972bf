import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parsePeriod } from "../../src/lib/time/period.ts";
import { fillCommunes } from "../support/synthetic.ts";
import { expectUnavailable, type Faulty, startFaulty } from "./faulty-service.ts";

/** Its roll-ups are given while their rows come. */
const COUNTRY =
  '{ unit(code: "VN", asOf: "2025-06-30") { dossiers(period: "2024") { received } children { children { children { dossiers(period: "2024") { received } } } } } }';

let faulty: Faulty;
beforeAll(async () => {
  faulty = await startFaulty();
  await fillCommunes(faulty.database.orm.em.fork(), parsePeriod("period", "2024"));
});
afterAll(() => faulty.close());

describe("a connection that dies within a long answer", () => {
  it("ends the read with 503 and no number, and the next has all", async () => {
    const [, whole] = [await faulty.send(COUNTRY), await faulty.send(COUNTRY)];
    expect(whole.status).toBe(200);
    expect(JSON.stringify(whole.body).match(/"received":\d/g)?.length).toBeGreaterThan(10_000);
    for (const bytes of [10_000, 200_000, 1_000_000]) {
      faulty.proxy.road = { kind: "BREAK_AFTER", bytes };
      const broken = await faulty.send(COUNTRY);
      expectUnavailable(broken);
      expect(broken.body.data).toEqual({ unit: null });
      faulty.proxy.road = { kind: "OPEN" };
      expect(await faulty.send(COUNTRY)).toEqual(whole);
    }
  });
});
