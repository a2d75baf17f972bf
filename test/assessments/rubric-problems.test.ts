import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startService, type TestService } from "../support/client.ts";
import { issueKey } from "../support/key.ts";
import { changeRubric, rubricInput, withCriterion } from "./rubrics.ts";

let service: TestService;
let admin: string;
beforeAll(async () => {
  service = await startService();
  admin = await issueKey(service.database, "admin", { "04": "ADMIN" });
});
afterAll(() => service.close());

const change = (mutation: string, input: object, bearer?: string) => changeRubric(service, mutation, input, bearer);
const problemsOf = async (over: Readonly<Record<string, unknown>>) => {
  const { payload, message } = await change("createRubric", rubricInput({ block: "NONE", ...over }), admin);
  expect(message).toBeUndefined();
  expect(payload?.rubric).toBeNull();
  return payload!.problems.map(({ path, code }) => `${path.join(".")} ${code}`);
};
const reordered = (...codes: readonly string[]) => ({
  criteria: codes.map((code) => rubricInput().criteria.find((one) => one.code === code)!),
});
const band = (classification: string, from?: number, to?: number) => ({ classification, from, to });

describe("a rubric is not stored, and its problems name the place,", () => {
  const CASES: readonly (readonly [string, Readonly<Record<string, unknown>>, readonly string[]])[] = [
    ["if maxima do not add up", withCriterion("1", { maxScore: 41 }), ["criteria.0.maxScore MAXIMA_DIFFER", "maxScore MAXIMA_DIFFER"]],
    ["if roots do not add up", { maxScore: 99.99 }, ["maxScore MAXIMA_DIFFER"]],
    [
      "if points have three decimals",
      withCriterion("1.2", { maxScore: 30.255 }),
      ["criteria.2.maxScore POINTS_INVALID", "criteria.0.maxScore MAXIMA_DIFFER"],
    ],
    ["if a code stands twice", withCriterion("1.2", { code: "1.1" }), ["criteria.2.code CODE_TWICE"]],
    [
      "if a parent is missing",
      withCriterion("1.2", { code: "3.2", maxScore: 30.25 }),
      ["criteria.2.code PARENT_MISSING", "criteria.0.maxScore MAXIMA_DIFFER"],
    ],
    ["if a parent stands after", reordered("1.1", "1", "1.2", "2", "2.1", "2.2"), ["criteria.0.code PARENT_AFTER"]],
    [
      "if a code has an empty part",
      withCriterion("1.2", { code: "1..2" }),
      ["criteria.2.code CODE_INVALID", "criteria.0.maxScore MAXIMA_DIFFER"],
    ],
    [
      "if an inner node is scored",
      withCriterion("1", { scoring: "MANUAL", appraiser: "04" }),
      ["criteria.0.scoring INNER_NODE", "criteria.0.appraiser INNER_NODE"],
    ],
    ["if a leaf is not scored", withCriterion("1.2", { scoring: null }), ["criteria.2.scoring SCORING_MISSING"]],
    ["if INDICATOR has no indicator", withCriterion("2.1", { indicator: null }), ["criteria.4.indicator INDICATOR_MISSING"]],
    ["if an indicator is unknown", withCriterion("2.1", { indicator: "x" }), ["criteria.4.indicator INDICATOR_UNKNOWN"]],
    [
      "if MANUAL has an indicator and steps",
      withCriterion("1.2", { indicator: "dossier-on-time", steps: [{ from: 0, points: 1 }] }),
      ["criteria.2.indicator INDICATOR_NOT_USED", "criteria.2.steps STEPS_NOT_USED"],
    ],
    ["if SURVEY has no steps", withCriterion("2.2", { steps: [] }), ["criteria.5.steps STEPS_COUNT"]],
    [
      "if steps do not ascend, or have too many points",
      withCriterion("2.2", {
        steps: [
          { from: 1, points: 20.01 },
          { from: 1, points: -1 },
        ],
      }),
      [
        "criteria.5.steps.0.points POINTS_INVALID",
        "criteria.5.steps.1.from STEPS_NOT_ASCENDING",
        "criteria.5.steps.1.points POINTS_INVALID",
      ],
    ],
    ["if an appraiser is unknown", withCriterion("1.2", { appraiser: "04/nobody" }), ["criteria.2.appraiser UNIT_UNKNOWN"]],
    ["if bands overlap", { bands: [band("YEU", undefined, 51), band("KHA", 50, 80), band("TOT", 80)] }, ["bands.1 BAND_OVERLAP"]],
    ["if bands leave a gap", { bands: [band("YEU", undefined, 50), band("TOT", 50.01)] }, ["bands.1 BAND_GAP"]],
    [
      "if an inner edge is open, or an outer one closed",
      { bands: [band("YEU", 0), band("TOT", 50, 100)] },
      ["bands.0 BAND_GAP", "bands.1 BAND_OVERLAP", "bands.1 BAND_GAP"],
    ],
    [
      "if a class is unknown or stands twice",
      { bands: [band("A", undefined, 50), band("TOT", 50, 60), band("TOT", 60)] },
      ["bands.0.classification CLASS_UNKNOWN", "bands.2 BAND_DUPLICATE"],
    ],
    [
      "if texts, the block or the year are not valid",
      { name: " ", blockName: "", block: " X", year: 1999 },
      ["name TEXT_INVALID", "blockName TEXT_INVALID", "block CODE_INVALID", "year YEAR_INVALID"],
    ],
    ["if it has no criteria", { criteria: [] }, ["criteria CRITERIA_COUNT", "maxScore MAXIMA_DIFFER"]],
  ];
  it.each(CASES)("%s", async (_, over, expected) => {
    expect(await problemsOf(over)).toEqual(expected);
  });

  it("with the node and the numbers that differ", async () => {
    const { payload } = await change("createRubric", rubricInput({ block: "NONE", ...withCriterion("1.1", { maxScore: 10.26 }) }), admin);
    expect(payload?.problems).toEqual([
      {
        path: ["criteria", "0", "maxScore"],
        code: "MAXIMA_DIFFER",
        message: "criteria[0].maxScore: 1 has 40.5, and its children 40.51: 1.1 10.26, 1.2 30.25",
      },
    ]);
    expect((await change("createRubric", rubricInput({ organiser: "nobody" }), admin)).code).toBe("BAD_USER_INPUT");
  });
});
