import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CycleRoom, criterionOf, type SeenCycle, sheetOf, type Who } from "../assessments/cycle-room.ts";
import { publishCycle, scoredCycle } from "../assessments/scored-cycle.ts";
import { cellsOfWorkbook } from "../support/workbook.ts";

let room: CycleRoom;
let cycle: SeenCycle;
beforeAll(async () => {
  room = await CycleRoom.start();
  cycle = await room.open();
  await room.advance(cycle.id, "FIRST_APPRAISAL");
  const sheet = sheetOf(cycle, "01273");
  const points = { "1.1": 10.25, "1.2": 20.1, "2.1": 39.45 };
  const items = Object.entries(points).map(([code, given]) => ({
    criterion: criterionOf(sheet, code),
    points: given,
    note: "=Theo hồ sơ",
  }));
  await room.done("assessor", "appraise", { sheet: sheet.id, items });
  await room.advance(cycle.id, "SURVEY");
  const criterion = criterionOf(sheet, "2.2");
  const answers = [
    {
      unit: "01273",
      criterion,
      respondents: "Người dân",
      counts: [
        { weight: 1, count: 9 },
        { weight: 0, count: 1 },
      ],
    },
  ];
  await room.done("admin", "recordSurvey", { cycle: cycle.id, answers });
  await room.done("admin", "adjustScore", { sheet: sheet.id, kind: "BONUS", points: 1.5, reason: "Sáng kiến" });
});
afterAll(() => room.service.close());

const fetched = async (who: Who | null, path: string) => {
  const headers: Record<string, string> = who === null ? {} : { authorization: `Bearer ${room.keyOf(who)}` };
  return fetch(new URL(path, room.service.server.url), { headers });
};
const lines = async (response: Response) =>
  (await response.text())
    .trim()
    .split("\n")
    .map((line) => line.split(","));

describe("a file for the meeting", () => {
  it("has the sheet with domains and criteria, whose points add up to the same totals", async () => {
    const response = await fetched("one", `/exports/sheet/${sheetOf(cycle, "01273").id}.csv`);
    expect([
      response.status,
      response.headers.get("content-type"),
      response.headers.get("content-disposition"),
      response.headers.get("cache-control"),
    ]).toEqual([200, "text/csv; charset=utf-8", 'attachment; filename="sheet-2026-01273.csv"', "no-store"]);
    const [header, ...rows] = await lines(response);
    expect(header).toEqual([
      "STT",
      '"Lĩnh vực',
      " tiêu chí",
      ' tiêu chí thành phần"',
      "Điểm tối đa",
      "Tự chấm",
      "Thẩm định lần 1",
      "Thẩm định lần 2",
      "Kết quả",
      "Ghi chú",
    ]);
    const column = (row: string[], n: number) => row.at(n)!;
    const result = (code: string) =>
      Number(
        column(
          rows.find(([first]) => first === code)!,
          -2,
        ),
      );
    expect(rows.map(([first]) => first)).toEqual(["1", "1.1", "1.2", "2", "2.1", "2.2", "", "", "", ""]);
    expect([result("1"), result("2")]).toEqual([30.35, 57.45]);
    expect(rows.slice(-4).map((row) => [row[1], column(row, -2), column(row, -1)])).toEqual([
      ["Cộng", "87.8", ""],
      ["Điểm thưởng", "1.5", "Sáng kiến"],
      ["Tổng điểm", "89.3", ""],
      ["Điểm quy đổi", "89.3", ""],
    ]);
    expect(column(rows[1]!, -1)).toBe("'=Theo hồ sơ");
  });

  it("is a workbook, too, with numbers as numbers", async () => {
    const response = await fetched("admin", `/exports/sheet/${sheetOf(cycle, "01273").id}.xlsx`);
    expect(response.headers.get("content-type")).toBe("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    const rows = await cellsOfWorkbook(Buffer.from(await response.arrayBuffer()));
    expect(rows.slice(0, 2).map(([title]) => title)).toEqual(["PHIẾU CHẤM ĐIỂM", "Bộ tiêu chí cấp xã"]);
    expect(rows.find(([code]) => code === "1.1")).toEqual(["1.1", "Kế hoạch", 10.25, null, 10.25, 10.25, 10.25, "=Theo hồ sơ"]);
    const standings = await fetched("admin", `/exports/standings/${cycle.id}.xlsx`);
    const places = await cellsOfWorkbook(Buffer.from(await standings.arrayBuffer()));
    expect(places[0]).toEqual(["BẢNG XẾP HẠNG TẠM TÍNH"]);
    expect(places.find(([, code]) => code === "01273")?.slice(3, 7)).toEqual([89.3, 89.3, 1, 3]);
  });

  it("has the standings with the places that are still possible, for the organiser alone", async () => {
    const path = `/exports/standings/${cycle.id}.csv`;
    const [, ...rows] = await lines(await fetched("admin", path));
    expect(rows.map((row) => row.slice(0, 2))).toEqual([
      ["1–3", "01273"],
      ["1–3", "01279"],
      ["1–3", "01288"],
    ]);
    expect([(await fetched("one", path)).status, (await fetched("stranger", path)).status, (await fetched(null, path)).status]).toEqual([
      403, 404, 401,
    ]);
  });

  it("is shown to nobody else, and answered like one that is not there", async () => {
    const path = `/exports/sheet/${sheetOf(cycle, "01273").id}.csv`;
    const bodies = await Promise.all(
      [fetched("two", path), fetched("two", "/exports/sheet/nothing.csv")].map(async (answer) => [
        (await answer).status,
        await (await answer).json(),
      ]),
    );
    expect(bodies.map(([status]) => status)).toEqual([404, 404]);
    expect([(await fetched("admin", "/exports/sheet/a.pdf")).status, (await fetched("admin", "/exports/report/a.csv")).status]).toEqual([
      404, 404,
    ]);
    // An appraiser of some criteria gets these, and no sums.
    const [, ...rows] = await lines(await fetched("interior", path));
    expect(rows.map((row) => [row[0], row.at(-2)])).toEqual([
      ["1", ""],
      ["1.1", "10.25"],
      ["2", ""],
      ["2.1", "39.45"],
      ...Array.from({ length: 3 }, () => ["", ""]),
    ]);
  });

  it("has the standings as they were published, with the places of a tie", async () => {
    const published = await scoredCycle(room, 2025, {
      "01273": [10, 30, 39.5, 0.9],
      "01279": [8, 20, 30, 0.5],
      "01288": [10, 20, 28, 0.5],
    });
    await publishCycle(room, published);
    const [title, ...rows] = await cellsOfWorkbook(
      Buffer.from(await (await fetched("admin", `/exports/standings/${published.id}.xlsx`)).arrayBuffer()),
    );
    expect(title).toEqual(["BẢNG XẾP HẠNG"]);
    expect(rows.filter(([place]) => /^\d/.test(String(place))).map((row) => [row[0], row[1], ...row.slice(3)])).toEqual([
      ["1", "01273", 97.5, 97.5, 1, 1, "tốt"],
      ["2", "01279", 68, 68, 2, 2, "khá"],
      ["2", "01288", 68, 68, 2, 2, "khá"],
    ]);
  });
});
