import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { issueKey } from "../support/key.ts";
import { criterionOf, CycleRoom, itemOf, type SeenCycle, sheetOf, WHO, type Who } from "./cycle-room.ts";
import { prepare, putInto, type Write, WRITES, writesOf } from "./cycle-writes.ts";

let room: CycleRoom;
let cycle: SeenCycle;
/** Departments, of which home affairs appraises, too. */
let departments: SeenCycle;
beforeAll(async () => {
  room = await CycleRoom.start();
  cycle = await room.open();
  departments = await room.open({ members: ["04/so-noi-vu", "04/so-xay-dung"] });
  await putInto(room, "SURVEY");
  await room.done("admin", "adjustScore", { sheet: sheetOf(cycle, "01273").id, kind: "BONUS", points: 0.5, reason: "x" });
  cycle = (await room.seeCycle("admin", cycle.id))!;
});
afterAll(() => room.service.close());

const STAGE: Readonly<Record<Write, string>> = {
  ...{
    scoreSelf: "SELF_SCORING",
    submitScoreSheet: "SELF_SCORING",
    explain: "EXPLANATION",
    appraise: "FIRST_APPRAISAL",
    recordSurvey: "SURVEY",
  },
  ...{
    adjustScore: "SURVEY",
    removeAdjustment: "SURVEY",
    reopenScoreSheet: "EXPLANATION",
    setApplicability: "SURVEY",
    overrideClassification: "SURVEY",
  },
  ...{
    setRankedMembers: "SURVEY",
    advanceAssessmentCycle: "EXPLANATION",
    publishAssessmentCycle: "SURVEY",
    correctPublishedScores: "PUBLISHED",
  },
};
/** Who may make each write on the first commune's sheet. */
const MAY: Readonly<Partial<Record<Write, readonly Who[]>>> = {
  ...{
    scoreSelf: ["admin", "one"],
    submitScoreSheet: ["admin", "one"],
    explain: ["admin", "one"],
    appraise: ["admin", "assessor", "interior"],
  },
};
/** Who sees nothing of the first commune's sheet. */
const BLIND: ReadonlySet<Who> = new Set(["building", "interiorOfficer", "two", "three", "stranger"]);
const OF_CYCLE: ReadonlySet<Write> = new Set([
  ...(["recordSurvey", "setRankedMembers", "advanceAssessmentCycle", "publishAssessmentCycle", "correctPublishedScores"] as const),
]);

describe("a write", () => {
  it.each(WRITES)("%s is made by its side alone; what a caller does not see is not found", async (write) => {
    for (const who of WHO) {
      await prepare(room);
      await putInto(room, STAGE[write]);
      const { code, message, problems } = await room.change(who, write, writesOf(cycle)[write]);
      const may = (MAY[write] ?? ["admin"]).includes(who);
      expect([who, may ? code : "refused", problems], message).toEqual([who, may ? undefined : "refused", []]);
      if (may) continue;
      // Without the role on any unit the operation itself is refused; the other communes see the cycle and not this sheet.
      const isSeen = !BLIND.has(who) || (OF_CYCLE.has(write) && (who === "two" || who === "three"));
      expect(isSeen ? ["FORBIDDEN"] : ["FORBIDDEN", "NOT_FOUND"], `${who}: ${message}`).toContain(code);
      if (!isSeen && who === "stranger") expect(code).toBe("NOT_FOUND");
    }
    expect((await room.change(null, write, writesOf(cycle)[write])).code).toBe("UNAUTHENTICATED");
  });

  it("by a department appraises its criteria of others, and nothing of its own sheet", async () => {
    await putInto(room, "FIRST_APPRAISAL");
    const [own, other] = [sheetOf(departments, "04/so-noi-vu"), sheetOf(departments, "04/so-xay-dung")];
    const appraise = (who: Who, sheet: typeof own, code: string) =>
      room.change(who, "appraise", { sheet: sheet.id, items: [{ criterion: criterionOf(sheet, code), points: 1 }] });
    expect((await appraise("interior", other, "1.1")).problems).toEqual([]);
    expect((await appraise("interior", own, "1.1")).code).toBe("FORBIDDEN");
    // A criterion that it does not see is like none.
    const hidden = await appraise("interior", other, "1.2");
    expect(hidden).toMatchObject({ problems: ["items.0.criterion CRITERION_UNKNOWN"] });
    const none = await room.change("interior", "appraise", {
      sheet: other.id,
      items: [{ criterion: Buffer.from("criterion:9:9").toString("base64url"), points: 1 }],
    });
    expect(none.problems).toEqual(hidden.problems);
    expect((await appraise("assessor", own, "1.1")).problems).toEqual([]);
    // To see a criterion is not to appraise it.
    const reader = await issueKey(room.service.database, "reader", { "04": "VIEWER", "04/so-noi-vu": "ASSESSOR" });
    const text = "mutation ($input: ScoreInput!) { appraise(input: $input) { sheet { id } problems { code } } }";
    const codes = await Promise.all(
      [["1.1"], ["1.2"], ["1.1", "1.2"]].map(async (named) => {
        const input = { sheet: other.id, items: named.map((code) => ({ criterion: criterionOf(other, code), points: 2 })) };
        return (await room.service.ask<unknown, object>(text, { input }, reader)).errors?.[0]?.extensions["code"];
      }),
    );
    expect(codes).toEqual([undefined, "FORBIDDEN", "FORBIDDEN"]);
  });
});

describe("a caller", () => {
  const seen = async (who: Who): Promise<Record<string, string[]>> => {
    const found = await room.seeCycle(who, cycle.id);
    return Object.fromEntries((found?.sheets ?? []).map(({ unit, items }) => [unit.code, items.map(({ criterion }) => criterion.code)]));
  };
  const ALL = ["1", "1.1", "1.2", "2", "2.1", "2.2"];
  const OWN = ["1", "1.1", "2", "2.1"];

  it("sees sheets of the units that it covers, and an appraiser its criteria of others", async () => {
    const whole = { "01273": ALL, "01279": ALL, "01288": ALL };
    for (const who of ["admin", "viewer", "assessor"] as const) expect(await seen(who), who).toEqual(whole);
    expect(await seen("interior")).toEqual({ "01273": OWN, "01279": OWN, "01288": OWN });
    for (const who of ["one", "oneViewer", "oneAssessor"] as const) expect(await seen(who), who).toEqual({ "01273": ALL });
    expect(await seen("two")).toEqual({ "01279": ALL });
    for (const who of ["building", "stranger", "interiorOfficer"] as const) {
      expect(await room.seeCycle(who, cycle.id), who).toBeNull();
      for (const { id } of cycle.sheets) expect(await room.seeSheet(who, id), who).toBeNull();
    }
    const [first] = cycle.sheets;
    for (const who of ["two", "three"] as const) expect(await room.seeSheet(who, first!.id), who).toBeNull();
    expect((await room.ask("stranger", "query ($id: ID!) { scoreSheet(id: $id) { id } }", { id: "x" })).data).toEqual({ scoreSheet: null });
  });

  it("who sees only some criteria gets no sum that gives away another one", async () => {
    await putInto(room, "FIRST_APPRAISAL");
    const { id } = sheetOf(cycle, "01288");
    const sheet = sheetOf(cycle, "01288");
    const items = ["1.1", "1.2", "2.1"].map((code) => ({ criterion: criterionOf(sheet, code), points: 5, note: "x" }));
    await room.done("assessor", "appraise", { sheet: id, items });
    const [whole, part] = [(await room.seeSheet("assessor", id))!, (await room.seeSheet("interior", id))!];
    expect(itemOf(whole, "1").firstScore).toBe(10);
    expect(whole.maxApplicable).toBe(100);
    expect(itemOf(part, "1.1").firstScore).toBe(5);
    for (const code of ["1", "2"])
      expect(itemOf(part, code)).toMatchObject({
        selfScore: null,
        firstScore: null,
        secondScore: null,
        finalScore: null,
        isApplicable: true,
      });
    const set = (isApplicable: boolean) =>
      room.done("admin", "setApplicability", { sheet: id, criteria: [criterionOf(sheet, "2.1")], isApplicable, reason: "x" });
    await set(false);
    for (const who of ["assessor", "interior"] as const) {
      const seenBy = (await room.seeSheet(who, id))!;
      expect([itemOf(seenBy, "2").isApplicable, itemOf(seenBy, "2.1").isApplicable], who).toEqual([true, false]);
    }
    await set(true);
    expect(part).toMatchObject({
      self: null,
      first: null,
      second: null,
      final: null,
      maxApplicable: null,
      scaled: null,
      adjustments: null,
    });
  });

  it("gets the same answer whatever others have, of which it sees nothing", async () => {
    const more = `query ($id: ID!) { assessmentCycle(id: $id) { standings { rank } ranking { version } sheets { projected { total low high bestRank worstRank }
      whatIf(changes: []) { total low high } change { total } items { receipt { value } } } } }`;
    // The second commune sees its own sheet, and the appraiser its criteria of all sheets.
    const answers = () =>
      Promise.all(
        (["two", "interior"] as const).flatMap((who) => [
          room.seeCycle(who, cycle.id).then((found) => JSON.stringify(found)),
          room
            .ask(who, more, { id: cycle.id })
            .then(({ data, errors }) => JSON.stringify({ data, codes: errors?.map(({ extensions }) => extensions["code"]) })),
        ]),
      );
    const before = await answers();
    await putInto(room, "FIRST_APPRAISAL");
    const sheet = sheetOf(cycle, "01273");
    await room.done("assessor", "appraise", { sheet: sheet.id, items: [{ criterion: criterionOf(sheet, "1.2"), points: 29 }] });
    await room.done("admin", "setApplicability", {
      sheet: sheet.id,
      criteria: [criterionOf(sheet, "2.2")],
      isApplicable: false,
      reason: "x",
    });
    await room.done("admin", "overrideClassification", { sheet: sheet.id, classification: "YEU", reason: "x" });
    expect(await answers()).toEqual(before);
  });
});

describe("the audit trail", () => {
  it("has every write with what was before and after, for ADMINs of the member and of those above", async () => {
    await prepare(room);
    const sheet = sheetOf(cycle, "01279");
    await putInto(room, "SELF_SCORING");
    const items = [{ criterion: criterionOf(sheet, "1.1"), points: 4, note: "a" }];
    await room.done("two", "scoreSelf", { sheet: sheet.id, items });
    await room.done("two", "scoreSelf", { sheet: sheet.id, items: [{ ...items[0]!, points: 5 }] });
    const text = '{ auditTrail(unit: "04", first: 1000) { nodes { operation subject before after unit { code } } } }';
    type Entry = {
      readonly operation: string;
      readonly subject: string;
      readonly before: unknown;
      readonly after: unknown;
      readonly unit: { readonly code: string };
    };
    const { data } = await room.ask<{ auditTrail: { nodes: Entry[] } }>("admin", text);
    const own = data.auditTrail.nodes.filter(({ subject, operation }) => subject === sheet.id && operation === "scoreSelf");
    const entry = (points: number | null, note: string | null) => ({ items: [{ criterion: "1.1", points, note }] });
    expect(own.map(({ unit }) => unit.code)).toEqual(["01279", "01279"]);
    expect(own.find(({ after }) => JSON.stringify(after).includes('"points":5'))).toMatchObject({
      before: entry(4, "a"),
      after: entry(5, "a"),
    });
    const recorded = new Set(data.auditTrail.nodes.map(({ operation }) => operation));
    expect([...WRITES, "openAssessmentCycle", "createRubric", "publishRubric"].filter((write) => !recorded.has(write))).toEqual([]);
  });
});
