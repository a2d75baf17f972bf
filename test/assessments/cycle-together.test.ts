import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dossier, givenDossiers, IMPORT, type ImportAnswer } from "../support/dossiers.ts";
import { CycleRoom, criterionOf, itemOf, type Outcome, type SeenCycle, type SeenSheet, sheetOf } from "./cycle-room.ts";
import { scoredCycle } from "./scored-cycle.ts";

let room: CycleRoom;
let officer: string;
beforeAll(async () => {
  room = await CycleRoom.start();
  officer = await givenDossiers(room.service);
});
afterAll(() => room.service.close());

/** So many dossiers of the first commune that were resolved in time, and so many late. */
const send = async (name: string, inTime: number, late: number): Promise<void> => {
  const dossiers = Array.from({ length: inTime + late }, (_, n) =>
    dossier({ code: `${name}-${n}`, unit: "01273", state: "RESOLVED", endedAt: `2026-03-${n < inTime ? "05" : "20"}T08:00:00+07:00` }),
  );
  const { data } = await room.service.ask<ImportAnswer, object>(IMPORT, { source: "cao-bang", dossiers }, officer);
  expect(data.importDossiers.report).toMatchObject({ created: inTime + late });
};

/** Lets each change come to the lock of the cycle, after `between`, and then makes them in their order. */
const together = async (
  changes: readonly (() => Promise<Outcome>)[],
  between: () => Promise<void> = async () => {},
): Promise<Outcome[]> => {
  const client = new Client({ connectionString: room.service.database.url });
  await client.connect();
  await client.query("begin");
  await client.query("select pg_advisory_xact_lock(hashtext('cchc assessment cycle'), id) from assessment_cycle");
  const waiters = async () =>
    (
      await client.query(
        "select from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())",
      )
    ).rowCount;
  const made: Promise<Outcome>[] = [];
  for (const [n, change] of changes.entries()) {
    if (n > 0) await between();
    made.push(change());
    while ((await waiters()) !== n + 1) await new Promise((wake) => setTimeout(wake, 10));
  }
  await client.query("rollback");
  await client.end();
  return Promise.all(made);
};

const advance = ({ id }: SeenCycle) => room.change("admin", "advanceAssessmentCycle", { cycle: id, to: "FIRST_APPRAISAL", force: true });
const filled = async (cycle: SeenCycle): Promise<SeenSheet> => {
  const sheet = sheetOf(cycle, "01273");
  const evidence = [{ name: "Kế hoạch", url: "https://example.vn/kh" }];
  const items = ["1.1", "1.2"].map((code) => ({ criterion: criterionOf(sheet, code), points: 5, evidence }));
  return (await room.done("one", "scoreSelf", { sheet: sheet.id, items })).sheet!;
};
const computed = async ({ id }: SeenSheet) => itemOf((await room.seeSheet("admin", id))!, "2.1").selfScore;

describe("changes of two clients at once", () => {
  it("keep what was frozen when a sheet was handed in just before the stage ended", async () => {
    await send("first", 9, 1);
    const cycle = await room.open();
    const sheet = await filled(cycle);
    // Of what comes after the hand-in began, 9 of 20 would be below the first step.
    const [handedIn, ended] = await together(
      [() => room.change("one", "submitScoreSheet", { sheet: sheet.id }), () => advance(cycle)],
      () => send("later", 0, 10),
    );
    expect([handedIn!.problems, ended!.cycle?.stage]).toEqual([[], "FIRST_APPRAISAL"]);
    expect(await computed(sheet)).toBe(39.5);
  });

  it("refuse what comes after the end of the stage, and a sheet that is handed in twice", async () => {
    const cycle = await room.open();
    const sheet = await filled(cycle);
    const handIn = () => room.change("one", "submitScoreSheet", { sheet: sheet.id });
    expect((await together([handIn, handIn])).map(({ code }) => code)).toEqual([undefined, "CONFLICT"]);
    const other = await room.open();
    const late = await filled(other);
    const outcomes = await together([() => advance(other), () => room.change("one", "submitScoreSheet", { sheet: late.id })]);
    expect(outcomes.map(({ code }) => code)).toEqual([undefined, "CONFLICT"]);
    expect((await together([() => advance(cycle), () => advance(cycle)])).map(({ code }) => code)).toEqual([undefined, "CONFLICT"]);
  });

  it("leave no computed criterion of a sheet open that was reopened just before the stage ended", async () => {
    const cycle = await room.open();
    const sheet = await filled(cycle);
    await room.done("one", "submitScoreSheet", { sheet: sheet.id });
    const reopening = { sheet: sheet.id, until: "2026-12-31", reason: "Bổ sung" };
    const [reopened, ended] = await together([() => room.change("admin", "reopenScoreSheet", reopening), () => advance(cycle)]);
    expect([reopened!.code, ended!.code]).toEqual([undefined, "CONFLICT"]);
    expect((await advance(cycle)).cycle?.stage).toBe("FIRST_APPRAISAL");
    expect(await computed(sheet)).not.toBeNull();
  });

  it("keep both choices of who is ranked, which the publication goes by", async () => {
    const cycle = await scoredCycle(room, 2026, { "01273": [10, 30, 30, 0.5], "01279": [8, 20, 30, 0.5], "01288": [5, 20, 28, 0.5] });
    const unrank = (unit: string) => () =>
      room.change("admin", "setRankedMembers", { cycle: cycle.id, units: [unit], isRanked: false, reason: "Sáp nhập" });
    const publish = () => room.change("admin", "publishAssessmentCycle", { cycle: cycle.id, title: "Quyết định" });
    const outcomes = await together([unrank("01273"), unrank("01279"), publish]);
    expect(outcomes.map(({ code, problems }) => [code, problems])).toEqual(outcomes.map(() => [undefined, []]));
    expect((await room.seeCycle("admin", cycle.id))!.members.map(({ isRanked }) => isRanked)).toEqual([false, false, true]);
    const text = `{ assessmentCycle(id: "${cycle.id}") { ranking { ranked entries { unit { code } rank } } } }`;
    expect((await room.ask("admin", text)).data).toMatchObject({
      assessmentCycle: { ranking: { ranked: 1, entries: [{ unit: { code: "01288" }, rank: 1 }, { rank: null }, { rank: null }] } },
    });
  });
});
