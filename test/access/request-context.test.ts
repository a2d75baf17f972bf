import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Factory, RequestContext } from "../../src/access/request-context.ts";
import { statisticsLoaders } from "../../src/dossiers/statistics/statistics.loaders.ts";
import { indicatorLoaders } from "../../src/indicators/indicator.loaders.ts";
import { unitLoaders } from "../../src/hierarchy/unit.loaders.ts";
import { NOW } from "../support/client.ts";
import { createDatabase, type TestDatabase } from "../support/database.ts";

describe("the context of a request", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase("SEEDED");
  });
  afterAll(() => database.close());

  const made: Factory<object> = () => ({});

  it("creates one instance for each factory and evidence", () => {
    const context = new RequestContext(database.pools, NOW);
    expect(context.use(made)).toBe(context.use(made, "PUBLISHED"));
    expect(context.use(made, "ALL")).toBe(context.use(made, "ALL"));
    expect(context.use(made, "ALL")).not.toBe(context.use(made));
    expect(context.use(() => ({}))).not.toBe(context.use(made));
  });

  it("shares nothing with the context of another request", () => {
    expect(new RequestContext(database.pools, NOW).use(made)).not.toBe(new RequestContext(database.pools, NOW).use(made));
  });

  it.each(["PUBLISHED", "ALL"] as const)("shares loaders of one evidence between modules: %s", (evidence) => {
    const context = new RequestContext(database.pools, NOW);
    expect(context.use(indicatorLoaders, evidence).dossierRollup).toBe(context.use(statisticsLoaders, evidence).dossierRollup);
    expect(context.use(statisticsLoaders, evidence).childrenOf).toBe(context.use(unitLoaders, evidence).childrenOf);
  });

  it("never lets drafts and published numbers share a loader", () => {
    const context = new RequestContext(database.pools, NOW);
    const published = new Set<unknown>(Object.values(context.use(statisticsLoaders)));
    expect(Object.values(context.use(statisticsLoaders, "ALL")).filter((loader) => published.has(loader))).toEqual([]);
  });

  it("makes all of them anew after a change, also where Apollo has copied it", async () => {
    const context = new RequestContext(database.pools, NOW);
    const copy = Object.assign(Object.create(Object.getPrototypeOf(context) as object) as RequestContext, context);
    const before = context.use(unitLoaders);
    expect(copy.use(unitLoaders)).toBe(before);
    copy.renew();
    expect(context.use(unitLoaders)).not.toBe(before);
    expect(await context.use(unitLoaders).unitByReference.load({ code: "48", asOf: null })).toMatchObject({ code: "48" });
  });
});
