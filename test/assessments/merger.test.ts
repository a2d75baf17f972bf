import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { folderOf, nextEdition } from "../hierarchy/next-edition.ts";
import { NOW } from "../support/client.ts";
import { run } from "../support/command.ts";
import { CycleRoom, MEMBERS, type SeenCycle, SHEET, sheetOf, type Who } from "./cycle-room.ts";
import { publishCycle, RANKING, scoredCycle } from "./scored-cycle.ts";

const MERGED_ON = "2027-01-01";
const AFTERWARDS = new Date("2027-02-01T12:00:00+07:00");

let room: CycleRoom;
let now = NOW;
let published: SeenCycle;
let before: Awaited<ReturnType<typeof everything>>;

const ask = async <T>(who: Who | null, text: string): Promise<T> => {
  const { data, errors } = await room.ask<T>(who, text);
  expect(errors).toBeUndefined();
  return data;
};

const RESULT = "year score rank rankOf block { code } classification { code } sources { kind title publishedOn }";
const resultsOf = (year: number) =>
  `y${year}: assessments(index: PAR, year: ${year}) { ${RESULT} unit { id code name } previous { ${RESULT} } }`;
const RESULTS = [2025, 2026].map(resultsOf).join(" ");
const CHANGE = "change { previousTotal total byRules byPerformance items { code previous current byRules byPerformance } }";
const OLD_UNITS = ["01273.2025", "01279.2025", "01288.2025"];

/** What everybody and the two sides read of the results that were published before the merger. */
const everything = async () => {
  const rankings = [2025, 2026].map((year) => `y${year}: rankings(index: PAR, year: ${year}) { ${RANKING} supersedes { ${RANKING} } }`);
  const units = OLD_UNITS.map((id, n) => `u${n}: unit(id: "${id}", asOf: "2026-12-31") { ${RESULTS} }`);
  const sheets = (who: Who, codes: readonly string[]) =>
    Promise.all(codes.map((code) => ask(who, `{ scoreSheet(id: "${sheetOf(published, code).id}") { ${SHEET} ${CHANGE} } }`)));
  return {
    publicly: await ask(null, `{ unit(code: "04") { ${rankings.join(" ")} } ${units.join(" ")} }`),
    cycle: await room.seeCycle("viewer", published.id),
    organiser: await sheets("viewer", MEMBERS),
    members: [await sheets("two", ["01279"]), await sheets("three", ["01288"])],
    appraiser: await sheets("interior", MEMBERS),
  };
};

beforeAll(async () => {
  room = await CycleRoom.start({ clock: () => now });
  await publishCycle(
    room,
    await scoredCycle(room, 2025, { "01273": [10, 30, 39.5, 0.9], "01279": [8, 20, 30, 0.5], "01288": [10, 20, 28, 0.5] }),
  );
  published = await scoredCycle(room, 2026, { "01273": [5, 10, 10, 0], "01279": [9, 20, 30, 0.5], "01288": [10, 20, 28, 0.5] });
  await publishCycle(room, published);
  before = await everything();
  const folder = await folderOf(nextEdition(MERGED_ON, "2027-07-01"));
  const { code, err } = await run("units", room.service.database, ["apply", folder.path]);
  await folder.remove();
  expect([code, err]).toEqual([0, ""]);
});
afterAll(() => room.service.close());

describe("what was published", () => {
  it("has results, ranks, classes and a change that a merger could touch", () => {
    expect(before.publicly).toMatchObject({
      unit: {
        y2026: [
          { ranked: 3, byClassification: [{ count: 0 }, { count: 2 }, { count: 1 }], entries: [{ rank: 1 }, { rank: 2 }, { rank: 3 }] },
        ],
      },
      u1: { y2025: [{ score: 68 }], y2026: [{ score: 69, rank: 1, previous: { year: 2025, score: 68, rank: 2 } }] },
    });
    expect(before.members[0]).toMatchObject([{ scoreSheet: { final: 69, change: { previousTotal: 68, total: 69, byPerformance: 1 } } }]);
  });

  it("answers as before once the edition is applied, and on the days after the merger", async () => {
    expect(await everything()).toEqual(before);
    now = AFTERWARDS;
    expect(await everything()).toEqual(before);
  });
});

describe("after two communes became one", () => {
  it("the old ones have their results on their last day, and the new one under the same code has none", async () => {
    now = AFTERWARDS;
    const text = `{ old: unit(id: "01279.2025") { asOf ${RESULTS} } new: unit(code: "01279") { id ${RESULTS} } }`;
    expect(await ask(null, text)).toMatchObject({
      old: { asOf: "2026-12-31", y2025: [{ score: 68 }], y2026: [{ score: 69, unit: { id: "01279.2025" } }] },
      new: { id: "01279.2027", y2025: [], y2026: [] },
    });
  });

  it("the result of the new one has no year before it, and that of one that stayed has", async () => {
    now = AFTERWARDS;
    const members = ["01273", "01279"];
    const cycle = await scoredCycle(room, 2027, { "01273": [5, 20, 10, 0], "01279": [9, 20, 30, 0.5] }, { members });
    await publishCycle(room, cycle);
    const results = members.map(
      (code) => `u${code}: unit(code: "${code}") { assessments(index: PAR, year: 2027) { score rank previous { year score } } }`,
    );
    expect(await ask(null, `{ ${results.join(" ")} }`)).toEqual({
      u01273: { assessments: [{ score: 35, rank: 2, previous: { year: 2026, score: 25 } }] },
      u01279: { assessments: [{ score: 69, rank: 1, previous: null }] },
    });
    const changes = await Promise.all(
      members.map((code) => ask("viewer", `{ scoreSheet(id: "${sheetOf(cycle, code).id}") { ${CHANGE} } }`)),
    );
    expect(changes).toMatchObject([
      { scoreSheet: { change: { previousTotal: 25, total: 35, byPerformance: 10 } } },
      { scoreSheet: { change: null } },
    ]);
    expect(await everything()).toEqual(before);
  });

  it("the officers of an old one read its sheet and change nothing of it", async () => {
    now = AFTERWARDS;
    const sheet = sheetOf(published, "01279");
    expect(await room.seeSheet("two", sheet.id)).toMatchObject({ unit: { code: "01279" }, final: 69 });
    expect((await room.change("two", "submitScoreSheet", { sheet: sheet.id })).code).toBe("FORBIDDEN");
  });

  it("a correction of what was published is the result of the old one, as of its last day", async () => {
    now = AFTERWARDS;
    const { id: sheet, items } = sheetOf(published, "01279");
    const criterion = items.find((item) => item.criterion.code === "1.2")!.criterion.id;
    const unranked = { cycle: published.id, units: ["01279"], isRanked: false, reason: "Đã sáp nhập" };
    expect((await room.change("admin", "setRankedMembers", unranked)).code).toBe("CONFLICT");
    const correction = { cycle: published.id, reason: "Kết luận thanh tra", items: [{ sheet, criterion, points: 19.5 }] };
    expect((await room.change("two", "correctPublishedScores", correction)).code).toBe("FORBIDDEN");
    const { cycle } = await room.done("admin", "correctPublishedScores", correction);
    expect(cycle).toMatchObject({ stage: "PUBLISHED", sheets: [{}, { final: 68.5, unit: { code: "01279" } }, {}] });
    const text = `{ unit(code: "04") { rankings(index: PAR, year: 2026) { ${RANKING} supersedes { ${RANKING} } } }
      old: unit(id: "01279.2025") { ${resultsOf(2026)} } new: unit(code: "01279") { ${resultsOf(2026)} } }`;
    const after = await ask<{ unit: { rankings: { supersedes: object }[] } }>(null, text);
    expect(after).toMatchObject({
      unit: { rankings: [{ version: 2, entries: [{ unit: { code: "01279" }, score: 68.5, rank: 1 }, { rank: 2 }, { rank: 3 }] }] },
      ...{ old: { y2026: [{ score: 68.5, rank: 1, unit: { id: "01279.2025" }, previous: { score: 68 } }] }, new: { y2026: [] } },
    });
    const earlier = before.publicly as { unit: { y2026: { sources: object[] }[] } };
    const [first] = earlier.unit.y2026;
    const sources = first!.sources.map((source) => ({ ...source, state: "SUPERSEDED" }));
    const { supersedes: _none, ...version } = first as unknown as Record<string, unknown>;
    expect(after.unit.rankings[0]!.supersedes).toEqual({ ...version, sources });
  });
});
