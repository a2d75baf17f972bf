import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rowScope } from "../../src/access/scope.ts";
import type { Role, Viewer } from "../../src/access/viewer.ts";
import { enterScope, type RowScope } from "../../src/database/row-scope.ts";
import { viewerOf } from "../access/support.ts";
import { CycleRoom, sheetOf } from "./cycle-room.ts";
import { putInto } from "./cycle-writes.ts";
import { rubricInput } from "./rubrics.ts";

const VIEWERS = {
  organiser: ["04", "ADMIN"],
  member: ["01273", "OFFICER"],
  appraiser: ["04/so-noi-vu", "ASSESSOR"],
  reader: ["04/so-noi-vu", "VIEWER"],
  stranger: ["48", "ADMIN"],
} as const satisfies Record<string, readonly [string, Role]>;
type Name = keyof typeof VIEWERS;

let room: CycleRoom;
const viewers = new Map<Name, Viewer>();
beforeAll(async () => {
  room = await CycleRoom.start();
  const cycle = await room.open();
  await room.done("admin", "createRubric", rubricInput({ block: "DRAFT" }));
  await putInto(room, "SURVEY");
  for (const code of ["01273", "01279"]) {
    const sheet = sheetOf(cycle, code);
    await room.done("admin", "adjustScore", { sheet: sheet.id, kind: "BONUS", points: 1, reason: "x" });
    const criterion = sheet.items.find((item) => item.criterion.code === "2.2")!.criterion.id;
    await room.done("admin", "recordSurvey", {
      cycle: cycle.id,
      answers: [{ unit: code, criterion, respondents: "x", counts: [{ weight: 1, count: 1 }] }],
    });
  }
  for (const [name, grant] of Object.entries(VIEWERS)) viewers.set(name as Name, await viewerOf(room.service.database, grant));
});
afterAll(() => room.service.close());

const NOTHING: RowScope = { reads: "", writes: "" };
const reading = (name: Name) => rowScope(viewers.get(name)!);
const writing = (name: Name) => rowScope(viewers.get(name)!, VIEWERS[name][1]);

/** Row-level security checks rows one by one in a transaction of a few; both ways must pass the same rows. */
let isOfFewRows = false;
class Undone extends Error {}
/** As a request's transaction runs it in which every check of our own was forgotten; nothing of it stays. */
const run = async (scope: RowScope, text: string): Promise<Record<string, unknown>[]> => {
  let rows: Record<string, unknown>[] = [];
  const work = async (em: EntityManager) => {
    await enterScope(em, { ...scope, isOfFewRows });
    ({ rows } = (await sql.raw(text).execute(em.getKysely())) as { rows: Record<string, unknown>[] });
    throw new Undone();
  };
  await room.service.database.pools.requests.em
    .fork()
    .transactional(work)
    .catch((error: unknown) => {
      if (!(error instanceof Undone)) throw error;
    });
  return rows;
};
const DENIED = { code: "42501" };
const COUNT = `select (select count(*)::int from assessment_cycle) as cycles, (select count(*)::int from score_sheet) as sheets, (select count(*)::int from score_item) as items,
  (select count(*)::int from score_adjustment) as adjustments, (select count(*)::int from survey_answer) as answers, (select count(*)::int from rubric) as rubrics,
  (select count(*)::int from criterion) as criteria`;
const PUBLIC = { cycles: 0, sheets: 0, items: 0, adjustments: 0, answers: 0, rubrics: 1, criteria: 6 };

describe.each([
  { name: "many rows", few: false },
  { name: "a few rows", few: true },
])("a statement of the service in which a check was forgotten, in a transaction of $name,", ({ few }) => {
  beforeAll(() => {
    isOfFewRows = few;
  });

  it("sees sheets of member and organiser, an appraiser's own criteria, and published rubrics", async () => {
    for (const scope of [NOTHING, writing("stranger"), reading("reader"), reading("appraiser")])
      expect(await run(scope, COUNT)).toEqual([PUBLIC]);
    expect(await run(reading("organiser"), COUNT)).toEqual([
      { cycles: 1, sheets: 3, items: 12, adjustments: 2, answers: 2, rubrics: 2, criteria: 12 },
    ]);
    expect(await run(writing("member"), COUNT)).toEqual([{ ...PUBLIC, cycles: 1, sheets: 1, items: 4, adjustments: 1, answers: 1 }]);
    // Two criteria of three communes.
    expect(await run(writing("appraiser"), COUNT)).toEqual([{ ...PUBLIC, cycles: 1, sheets: 3, items: 6 }]);
  });

  it("changes only what its side writes", async () => {
    const changed = async (scope: RowScope, text: string) => (await run(scope, `${text} returning 1`)).length;
    const scores = "update score_item set first = 1";
    expect(await changed(writing("member"), scores)).toBe(4);
    expect(await changed(writing("appraiser"), scores)).toBe(6);
    expect(await changed(writing("organiser"), scores)).toBe(12);
    const texts = [
      ...[scores, "update score_sheet set submitted_at = null", "update assessment_cycle set stage = 'PUBLISHED'"],
      ...["update score_adjustment set removed_at = null", "update survey_answer set answers = 9", "update rubric set state = 'PUBLISHED'"],
    ];
    for (const text of texts)
      for (const scope of [NOTHING, writing("stranger"), reading("organiser")]) expect(await changed(scope, text), text).toBe(0);
    for (const text of texts.slice(2))
      for (const who of ["member", "appraiser"] as const) expect(await changed(writing(who), text), text).toBe(0);
    // Only a draft changes.
    expect(await changed(writing("organiser"), "update rubric set state = 'PUBLISHED'")).toBe(1);
  });

  it("moves no row to another unit, and deletes none", async () => {
    for (const column of ["unit_id", "organiser_id", "appraiser_id", "sheet_id", "position"])
      await expect(run(writing("organiser"), `update score_item set ${column} = ${column}`), column).rejects.toMatchObject(DENIED);
    for (const text of [
      "update rubric set name = 'x'",
      "update criterion set name = 'x'",
      "update score_adjustment set points = 1",
      "update assessment_cycle set member_ids = '{}'",
    ])
      await expect(run(writing("organiser"), text), text).rejects.toMatchObject(DENIED);
    for (const table of ["rubric", "criterion", "assessment_cycle", "score_sheet", "score_item", "score_adjustment", "survey_answer"])
      await expect(run(writing("organiser"), `delete from ${table}`), table).rejects.toMatchObject(DENIED);
  });

  it("makes no rubric, cycle, sheet, adjustment or answer of another organiser", async () => {
    const copies = [
      `insert into rubric select 999, organiser_id, index_kind, 'Z', block_name, year, version, name, max_points, bonus_max, penalty_max, bands, 'DRAFT', made_at, null from rubric limit 1`,
      `insert into criterion select rubric_id, 999, code, name, parent_position, max_points, scale, scoring, indicator, steps, appraiser_id, evidence_required from criterion limit 1`,
    ];
    for (const text of copies)
      for (const who of ["stranger", "member", "appraiser"] as const)
        await expect(run(writing(who), text), text).rejects.toMatchObject(DENIED);
    const own = [
      `insert into score_adjustment (sheet_id, unit_id, organiser_id, kind, points, reason, decided_at) select id, unit_id, organiser_id, 'BONUS', 1, 'x', now() from score_sheet`,
      `insert into survey_answer select id, 6, 'y', unit_id, organiser_id, 1, 1 from score_sheet`,
      `insert into score_item (sheet_id, position, unit_id, organiser_id, evidence) select id, 99, unit_id, organiser_id, '[]' from score_sheet`,
    ];
    for (const text of own)
      for (const who of ["member", "appraiser"] as const) await expect(run(writing(who), text), text).rejects.toMatchObject(DENIED);
    // Nobody adds criteria to a published rubric.
    const add = `insert into criterion select rubric_id, 999, code, name, parent_position, max_points, scale, scoring, indicator, steps, appraiser_id, evidence_required
      from criterion where rubric_id = (select id from rubric where state = 'PUBLISHED') limit 1`;
    await expect(run(writing("organiser"), add)).rejects.toMatchObject(DENIED);
  });
});
