import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CYCLE, criterionOf, CycleRoom, type SeenCycle, SHEET, sheetOf, type Who } from "./cycle-room.ts";

let room: CycleRoom;
let cycle: SeenCycle;
beforeAll(async () => {
  room = await CycleRoom.start();
  cycle = await room.open();
});
afterAll(() => room.service.close());

type Caller = Who | null;
const CALLERS: readonly Caller[] = [null, "stranger", "building", "interiorOfficer", "two", "interior"];

const PROJECTED = "total low high bestRank worstRank classification { code }";
const MORE = `projected { ${PROJECTED} } whatIf(changes: []) { ${PROJECTED} } change { total byRules } items { receipt { value lowPoints } livingReceipt { value } }`;
const questions = (): string[] => {
  const sheets = cycle.sheets.map(({ id }, n) => `s${n}: scoreSheet(id: "${id}") { ${SHEET} ${MORE} }`);
  return [
    `{ ${sheets.join(" ")} }`,
    `{ assessmentCycle(id: "${cycle.id}") { ${CYCLE} } }`,
    `{ assessmentCycle(id: "${cycle.id}") { standings { rank bestRank worstRank total } ranking { version } } }`,
    `{ assessmentCycle(id: "${cycle.id}") { sheets { ${MORE} } } }`,
    ...["04", "01273", "01279"].map(
      (unit) => `{ assessmentCycles(unit: "${unit}", first: 1) { totalCount edges { cursor } pageInfo { hasNextPage endCursor } } }`,
    ),
    `{ rubrics(organiser: "04", first: 1) { totalCount edges { cursor node { id } } } }`,
    `{ unit(code: "01273") { assessments { score } } }`,
    `{ auditTrail(unit: "01273") { totalCount nodes { operation after } } }`,
    `mutation { appraise(input: { sheet: "${sheetOf(cycle, "01273").id}", items: [{ criterion: "${criterionOf(sheetOf(cycle, "01273"), "1.2")}", points: 99 }] }) { problems { path code message } } }`,
    `mutation { submitScoreSheet(input: { sheet: "${sheetOf(cycle, "01273").id}" }) { problems { path code message } } }`,
  ];
};

/** Headers of each answer that differ by the request. */
const OWN_HEADERS: ReadonlySet<string> = new Set(["date", "x-request-id", "connection", "keep-alive"]);
const fetched = async (caller: Caller, path: string, init: RequestInit = {}) => {
  const key: Record<string, string> = caller === null ? {} : { authorization: `Bearer ${room.keyOf(caller)}` };
  const answer = await fetch(new URL(path, room.service.server.url), { ...init, headers: { "content-type": "application/json", ...key } });
  const headers = [...answer.headers].filter(([name]) => !OWN_HEADERS.has(name) && !name.startsWith("ratelimit"));
  return { status: answer.status, headers, body: Buffer.from(await answer.arrayBuffer()).toString("utf8") };
};
/** Everything that the caller may learn: bodies, errors, counts, cursors, headers with tags, and files. */
const learned = async (caller: Caller) => {
  const files = [...cycle.sheets.map(({ id }) => `/exports/sheet/${id}.csv`), `/exports/standings/${cycle.id}.csv`];
  const answers = [];
  for (const query of questions()) answers.push(await fetched(caller, "/graphql", { method: "POST", body: JSON.stringify({ query }) }));
  for (const file of files) answers.push(await fetched(caller, file));
  return answers;
};
const allLearned = async (callers: readonly Caller[]) =>
  Object.fromEntries(await Promise.all(callers.map(async (caller) => [String(caller), await learned(caller)] as const)));

const of = (code: string) => criterionOf(sheetOf(cycle, "01273"), code);
const sheet = () => sheetOf(cycle, "01273").id;
const EVIDENCE = [{ name: "x", url: "https://example.vn/" }];
const hidden = (points: number) => ({ sheet: sheet(), items: [{ criterion: of("1.2"), points, note: "bí mật" }] });

type Write = readonly [who: Who, mutation: string, input: () => object];
const reason = "Theo quyết định";
/** Writes on the sheet of the first commune, by stage: those that an appraiser of 1.1 and 2.1 may see nothing of, and others. */
const STAGES: readonly (readonly [stage: string, hidden: readonly Write[], others: readonly Write[]])[] = [
  [
    "SELF_SCORING",
    [["one", "scoreSelf", () => ({ ...hidden(3), items: [{ ...hidden(3).items[0]!, evidence: EVIDENCE }] })]],
    [
      ["one", "scoreSelf", () => ({ sheet: sheet(), items: [{ criterion: of("1.1"), points: 2, evidence: EVIDENCE }] })],
      ["one", "submitScoreSheet", () => ({ sheet: sheet() })],
      ["admin", "reopenScoreSheet", () => ({ sheet: sheet(), until: "2026-12-31", reason })],
    ],
  ],
  [
    "FIRST_APPRAISAL",
    [["assessor", "appraise", () => hidden(2)]],
    [["interior", "appraise", () => ({ sheet: sheet(), items: [{ criterion: of("1.1"), points: 1 }] })]],
  ],
  ["EXPLANATION", [["one", "explain", () => ({ sheet: sheet(), items: [{ criterion: of("1.2"), text: "bí mật" }] })]], []],
  ["SECOND_APPRAISAL", [["assessor", "appraise", () => hidden(30)]], []],
  [
    "SURVEY",
    [
      [
        "admin",
        "recordSurvey",
        () => ({
          cycle: cycle.id,
          answers: [{ unit: "01273", criterion: of("2.2"), respondents: "x", counts: [{ weight: 1, count: 7 }] }],
        }),
      ],
      ["admin", "adjustScore", () => ({ sheet: sheet(), kind: "BONUS", points: 1, reason })],
      ["admin", "overrideClassification", () => ({ sheet: sheet(), classification: "YEU", reason })],
      ["admin", "setApplicability", () => ({ sheet: sheet(), criteria: [of("2.2")], isApplicable: false, reason })],
    ],
    [],
  ],
];

describe("nobody learns anything of another's sheet", () => {
  it.each(STAGES)("from answers, errors, counts, tags and files in the stage %s", async (stage, unseen, others) => {
    if (stage !== "SELF_SCORING") await room.advance(cycle.id, stage);
    const before = await allLearned(CALLERS);
    const own = before["two"]!.map(({ body }) => body).join();
    expect(own).toContain("01279");
    expect(before["interior"]!.map(({ body }) => body).join()).toContain("1.1,Kế hoạch,10.25");
    for (const [who, mutation, input] of unseen) {
      await room.done(who, mutation, input());
      expect(await allLearned(CALLERS), mutation).toEqual(before);
    }
    const blind = CALLERS.filter((caller) => caller !== "interior");
    const { interior: _appraiser, ...rest } = before;
    for (const [who, mutation, input] of others) {
      await room.done(who, mutation, input());
      expect(await allLearned(blind), mutation).toEqual(rest);
    }
  });

  it("but by those who may, each write is seen", async () => {
    const { final, ...seen } = (await room.seeSheet("one", sheet()))!;
    expect([seen.maxApplicable, seen.adjustments?.length, final]).toEqual([80, 1, null]);
  });
});
