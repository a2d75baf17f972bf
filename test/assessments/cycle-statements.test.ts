import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RequestContext } from "../../src/access/request-context.ts";
import { parseNumberId } from "../../src/assessments/assessment-id.ts";
import { cycleLoaders } from "../../src/assessments/cycles/cycle.loaders.ts";
import { blockLoaders } from "../../src/assessments/cycles/block.loaders.ts";
import { sheetLoaders } from "../../src/assessments/cycles/sheet.loaders.ts";
import { rubricLoaders } from "../../src/assessments/rubrics/rubric.loaders.ts";
import { viewerOf } from "../access/support.ts";
import { NOW } from "../support/client.ts";
import { issueKey } from "../support/key.ts";
import { statementsOf } from "../support/statements.ts";
import { changeBy, CYCLE, CycleRoom, criterionOf, MEMBERS, type SeenCycle, sheetOf, type Who } from "./cycle-room.ts";
import { rubricInput } from "./rubrics.ts";

let room: CycleRoom;
let small: SeenCycle;
let large: SeenCycle;
beforeAll(async () => {
  room = await CycleRoom.start();
  small = await room.open({ members: ["01273"] });
  large = await room.open();
});
afterAll(() => room.service.close());

const db = () => room.service.database.orm.em.fork().getKysely();

describe("the number of SQL statements", () => {
  const count = async (work: () => Promise<unknown>): Promise<number> => (await statementsOf(work)).length;

  it("of a cycle with all sheets and items does not depend on its members", async () => {
    const see = (cycle: SeenCycle) =>
      count(() => room.ask("admin", `query ($id: ID!) { assessmentCycle(id: $id) { ${CYCLE} } }`, { id: cycle.id }));
    await see(small);
    expect(await see(large)).toBe(await see(small));
  });

  it("of a cycle with its members is that of the cycle, and none reads what units are", async () => {
    const see = (fields: string) => statementsOf(() => room.ask("admin", `{ assessmentCycle(id: "${large.id}") { id ${fields} } }`));
    await see("members { isRanked } sheets { id }");
    expect(await see("members { isRanked unit { code name validFrom } }")).toHaveLength((await see("stage")).length);
    const statements = await see("members { unit { name } } sheets { unit { code name } }");
    expect(statements.filter((text) => text.includes("score_sheet"))).toHaveLength(1);
    expect(statements.filter((text) => /assessment_cycle/.test(text) && /\b(join|from) (unit|unit_version)\b/.test(text))).toEqual([]);
  });

  it("of fifty sheets with their totals, items and places is that of one", async () => {
    const text = `{ unit(code: "04") { children(tier: COMMUNE) { code } } }`;
    const communes = (await room.ask<{ unit: { children: { code: string }[] } }>("admin", text)).data.unit.children;
    const members = communes.slice(0, 50).map(({ code }) => code);
    expect(members).toHaveLength(50);
    const TOTALS =
      "sheets { total self: total(round: SELF) scaled maxApplicable items { finalScore } projected { low bestRank } } standings { rank }";
    const see = ({ id }: SeenCycle, who: Who) => count(() => room.ask(who, `{ assessmentCycle(id: "${id}") { ${TOTALS} } }`));
    const [one, fifty] = [small, await room.open({ members })];
    for (const who of ["admin", "interior"] as const) {
      await see(one, who);
      expect(await see(fifty, who)).toBe(await see(one, who));
    }
  });

  it("of opening a cycle of four hundred communes of the country is that of one", async () => {
    const key = await issueKey(room.service.database, "country", { VN: "ADMIN" });
    const asCountry = (text: string, variables: object) => room.service.ask<never, object>(text, variables, key);
    const communes = await sql<{ code: string }>`
      select code from unit_version where tier = 'COMMUNE' and valid_to is null order by code limit 400`.execute(db());
    const open = async (block: string, members: readonly string[]) => {
      const made = await changeBy(asCountry, "createRubric", rubricInput({ organiser: "VN", block }));
      const { id: rubric } = (made as unknown as { rubric: { id: string } }).rubric;
      await changeBy(asCountry, "publishRubric", { rubric });
      const text = `mutation ($input: OpenAssessmentCycleInput!) { openAssessmentCycle(input: $input) { cycle { members { isRanked } } problems { code } } }`;
      return count(async () => {
        const { data } = await asCountry(text, { input: { rubric, period: "2026", members } });
        expect(data).toEqual({ openAssessmentCycle: { cycle: { members: members.map(() => ({ isRanked: true })) }, problems: [] } });
      });
    };
    const codes = communes.rows.map(({ code }) => code);
    expect(await open("MANY", codes)).toBe(await open("ONE", codes.slice(0, 1)));
    const { rows } = await sql<{ sheets: number; items: number }>`
      select count(distinct s.id)::int as sheets, count(*)::int as items from score_sheet s join assessment_cycle c on c.id = s.cycle_id
      join rubric r on r.id = c.rubric_id and r.block_code = 'MANY' join score_item i on i.sheet_id = s.id`.execute(db());
    expect(rows).toEqual([{ sheets: 400, items: 1600 }]);
  });

  it("of a write does not depend on the number of members or items", async () => {
    const open = async (members: readonly string[]) => {
      const rubric = await room.rubric();
      return count(() => room.done("admin", "openAssessmentCycle", { rubric, period: "2026", members }));
    };
    await open(["01273"]);
    expect(await open(MEMBERS)).toBe(await open(["01273"]));
    const sheet = sheetOf(large, "01273");
    const score = (...codes: readonly string[]) =>
      count(() =>
        room.done("one", "scoreSelf", {
          sheet: sheet.id,
          items: codes.map((code) => ({ criterion: criterionOf(sheet, code), points: 1 })),
        }),
      );
    await score("1.1");
    expect(await score("1.1", "1.2")).toBe(await score("1.2"));
  });
});

describe("the loaders, for a role that row-level security does not bind,", () => {
  it("read the same as within it", async () => {
    const { pools, orm } = room.service.database;
    const draft = await room.done("admin", "createRubric", rubricInput({ block: "DRAFT" }));
    const draftNo = parseNumberId("rubric", (draft as unknown as { rubric: { id: string } }).rubric.id)!;
    const cycleNo = parseNumberId("cycle", large.id)!;
    const sheetNo = parseNumberId("sheet", sheetOf(large, "01273").id)!;
    const read = async (...grants: Parameters<typeof viewerOf>[1][]) => {
      const viewer = grants.length === 0 ? null : await viewerOf(room.service.database, ...grants);
      const context = new RequestContext({ ...pools, requests: orm }, NOW, { viewer });
      const { sheetByNo, sheetsOf, textsOf, adjustmentsOf } = context.use(sheetLoaders);
      const seen = await sheetByNo.load(sheetNo);
      const scores = seen && (await context.use(blockLoaders).scoresOf.load(seen));
      return [
        (await context.use(rubricLoaders).rubricByNo.load(draftNo)) !== null,
        (await context.use(cycleLoaders).cycleByNo.load(cycleNo)) !== null,
        seen !== null,
        (await sheetsOf.load(cycleNo)).length,
        scores?.scores.positions.length ?? 0,
        seen === null ? 0 : (await textsOf.load(seen)).length,
        seen === null ? 0 : (await adjustmentsOf.load(seen)).length,
        scores?.bonus ?? 0,
        Object.keys(scores?.surveys ?? {}).length,
      ];
    };
    const sheet = sheetOf(large, "01273");
    const noted = ["1.1", "1.2"].map((code) => ({ criterion: criterionOf(sheet, code), points: 1, note: "x" }));
    await room.done("one", "scoreSelf", { sheet: sheet.id, items: noted });
    await room.advance(large.id, "SURVEY");
    await room.done("admin", "adjustScore", { sheet: sheet.id, kind: "BONUS", points: 1, reason: "x" });
    const answers = [{ unit: "01273", criterion: criterionOf(sheet, "2.2"), respondents: "x", counts: [{ weight: 1, count: 1 }] }];
    await room.done("admin", "recordSurvey", { cycle: large.id, answers });
    expect(await read()).toEqual([false, false, false, 0, 0, 0, 0, 0, 0]);
    expect(await read(["48", "ADMIN"])).toEqual([false, false, false, 0, 0, 0, 0, 0, 0]);
    expect(await read(["04/so-noi-vu", "VIEWER"])).toEqual([false, false, false, 0, 0, 0, 0, 0, 0]);
    expect(await read(["04/so-xay-dung", "ASSESSOR"])).toEqual([false, false, false, 0, 0, 0, 0, 0, 0]);
    expect(await read(["04/so-noi-vu", "ASSESSOR"])).toEqual([false, true, true, 3, 2, 1, 0, 0, 0]);
    expect(await read(["01279", "OFFICER"])).toEqual([false, true, false, 1, 0, 0, 0, 0, 0]);
    expect(await read(["01273", "VIEWER"])).toEqual([false, true, true, 1, 4, 2, 1, 100, 1]);
    expect(await read(["04", "VIEWER"])).toEqual([true, true, true, 3, 4, 2, 1, 100, 1]);
  });
});
