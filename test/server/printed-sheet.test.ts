import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CycleRoom, criterionOf, type SeenCycle, sheetOf } from "../assessments/cycle-room.ts";
import { dossier, givenDossiers } from "../support/dossiers.ts";
import { cellsOfWorkbook, type WorkbookCell } from "../support/workbook.ts";

let room: CycleRoom;
let cycle: SeenCycle;
let id: string;
beforeAll(async () => {
  room = await CycleRoom.start();
  // Nine of ten in time earn the 39.5 points of 2.1.
  const ended = (n: number) => `2026-03-${n < 9 ? "05" : "20"}T08:00:00+07:00`;
  const sent = Array.from({ length: 10 }, (_, n) => dossier({ code: `d${n}`, unit: "01273", state: "RESOLVED", endedAt: ended(n) }));
  await givenDossiers(room.service, sent as never);
  cycle = await room.open();
  ({ id } = sheetOf(cycle, "01273"));
});
afterAll(() => room.service.close());

const given = (points: Readonly<Record<string, number>>, over: object = {}) => ({
  sheet: id,
  items: Object.entries(points).map(([code, one]) => ({ criterion: criterionOf(sheetOf(cycle, "01273"), code), points: one, ...over })),
});

const [CODE, NAME, MAX, SELF, FIRST, SECOND, FINAL] = [0, 1, 2, 3, 4, 5, 6];
type Row = readonly WorkbookCell[];
const printed = async (who: "admin" | "interior" = "admin") => {
  const url = new URL(`/exports/sheet/${id}.xlsx`, room.service.server.url);
  const response = await fetch(url, { headers: { authorization: `Bearer ${room.keyOf(who)}` } });
  expect(response.status).toBe(200);
  const all = await cellsOfWorkbook(Buffer.from(await response.arrayBuffer()));
  const rows = all.slice(all.findIndex((row) => row[CODE] === "STT") + 1);
  const line = (name: string): Row => rows.find((row) => row[NAME] === name) ?? [];
  return { all, rows, line, of: (code: string): Row => rows.find((row) => row[CODE] === code) ?? [] };
};
/** As the formula SUM of a spreadsheet, which passes over texts and empty cells, rounded as it shows two decimals. */
const sum = (rows: readonly Row[], column: number): number =>
  Math.round(100 * rows.reduce((total, row) => total + (typeof row[column] === "number" ? row[column] : 0), 0)) / 100;
const expectSums = ({ rows, line, of }: Awaited<ReturnType<typeof printed>>) => {
  const below = (code: string) => rows.filter((row) => String(row[CODE]).startsWith(`${code}.`));
  for (const column of [MAX, SELF, FIRST, SECOND, FINAL]) {
    for (const domain of ["1", "2"]) expect(sum(below(domain), column), `${domain} ${column}`).toBe(of(domain)[column] ?? 0);
    expect(sum([of("1"), of("2")], column), `${column}`).toBe(line("Cộng")[column]);
  }
};

describe("a printed sheet, opened as a spreadsheet does,", () => {
  it("has empty columns for appraisals that have not begun", async () => {
    await room.done("one", "scoreSelf", given({ "1.1": 10.1, "1.2": 30.2 }, { evidence: [{ name: "x", url: "https://example.vn/" }] }));
    await room.done("one", "submitScoreSheet", { sheet: id });
    expect((await printed()).line("Cộng")).toEqual([null, "Cộng", 100, 79.8]);
    await room.advance(cycle.id, "FIRST_APPRAISAL");
    await room.done("assessor", "appraise", given({ "1.1": 9.05, "1.2": 30.1 }));
    expect((await printed()).line("Cộng").slice(0, SECOND + 1)).toEqual([null, "Cộng", 100, 79.8, 78.65]);
  });

  it("adds up in every column to the totals of the sheet", async () => {
    await room.advance(cycle.id, "SECOND_APPRAISAL");
    await room.done("assessor", "appraise", given({ "1.1": 10 }));
    await room.advance(cycle.id, "SURVEY");
    const criterion = criterionOf(sheetOf(cycle, "01273"), "2.2");
    const counts = [0, 1].map((weight) => ({ weight, count: 5 }));
    await room.done("admin", "recordSurvey", {
      cycle: cycle.id,
      answers: [{ unit: "01273", criterion, respondents: "Người dân", counts }],
    });
    await room.done("admin", "adjustScore", { sheet: id, kind: "BONUS", points: 1.5, reason: "Sáng kiến" });
    await room.done("admin", "adjustScore", { sheet: id, kind: "PENALTY", points: 0.35, reason: "Chậm" });
    const table = await printed();
    expectSums(table);
    // 9.05 + 30.1 + 39.5; 10 + 30.1 + 39.5; and 10 of the survey.
    expect(table.line("Cộng")).toEqual([null, "Cộng", 100, 79.8, 78.65, 79.6, 89.6]);
    expect(await room.seeSheet("admin", id)).toMatchObject({ self: 79.8, first: 78.65, second: 79.6, final: 90.75, scaled: 90.75 });
    const end = ["Cộng", "Điểm thưởng", "Điểm phạt"].map(table.line);
    expect([sum(end, FINAL), table.line("Tổng điểm")[FINAL], table.line("Điểm quy đổi")[FINAL]]).toEqual([90.75, 90.75, 90.75]);
  });

  it("adds up to the maximum of what applies", async () => {
    const criteria = [criterionOf(sheetOf(cycle, "01273"), "1.2")];
    await room.done("admin", "setApplicability", { sheet: id, criteria, isApplicable: false, reason: "Không có" });
    const table = await printed();
    expectSums(table);
    expect(table.line("Cộng")).toEqual([null, "Cộng", 69.75, 49.6, 48.55, 49.5, 59.5]);
    expect(table.of("1.2")[MAX] ?? null).toBeNull();
  });

  it("has the criteria of an appraiser without a sum", async () => {
    const table = await printed("interior");
    expect(table.rows.map((row) => row[CODE] ?? null).slice(0, 4)).toEqual(["1", "1.1", "2", "2.1"]);
    expect([table.of("1"), table.of("2.1")].map((row) => row.slice(MAX, FINAL + 1))).toEqual([[40.5], [39.5, 39.5, 39.5, 39.5, 39.5]]);
    expect(table.line("Cộng").slice(MAX)).toEqual([]);
  });

  it("ends with the places for signatures", async () => {
    const { all } = await printed();
    expect(all.slice(-2).map((row) => row.filter((cell) => cell !== null))).toEqual([
      ["NGƯỜI LẬP BIỂU", "THỦ TRƯỞNG ĐƠN VỊ"],
      ["(Ký, ghi rõ họ tên)", "(Ký, ghi rõ họ tên, đóng dấu)"],
    ]);
  });
});
