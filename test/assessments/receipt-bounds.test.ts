import { afterAll, beforeAll, expect, it } from "vitest";
import { criterionOf, CycleRoom, type SeenCycle, sheetOf } from "./cycle-room.ts";
import { withCriterion } from "./rubrics.ts";

let room: CycleRoom;
let cycle: SeenCycle;
beforeAll(async () => {
  room = await CycleRoom.start();
  const steps = [
    { from: 0, points: 5, shape: "LINEAR" },
    { from: 0.5, points: 10 },
    { from: 0.9, points: 39.5 },
  ];
  cycle = await room.open({
    rubric: await room.rubric({ year: 2022, ...withCriterion("2.1", { steps }) }),
    period: "2022",
    members: ["048"],
  });
});
afterAll(() => room.service.close());

const seen = async () => {
  const receipt = "value lowPoints highPoints rate { numerator denominator coverage low high }";
  const text = `{ scoreSheet(id: "${sheetOf(cycle, "048").id}") { projected { total low high }
    items { criterion { code } finalScore receipt { ${receipt} } livingReceipt { ${receipt} } } } }`;
  type Seen = { scoreSheet: { projected: object; items: { criterion: { code: string } }[] } };
  const { projected, items } = (await room.ask<Seen>("admin", text)).data.scoreSheet;
  return { projected, computed: items.find(({ criterion }) => criterion.code === "2.1") };
};

// src/rollups/README.md works the rate of this district out by hand: of 32,509 dossiers 1,335 were in time, 56 late, and of 31,118 nobody says it.
const RECEIPT = {
  ...{ value: 1335 / 1391, lowPoints: 5.41, highPoints: 39.5 },
  rate: { numerator: 1335, denominator: 1391, coverage: 1391 / 32_509, low: 1335 / 32_509, high: (1335 + 31_118) / 32_509 },
};

it("a receipt has what is not known: coverage, low and high, and the points that these would give", async () => {
  // 5 + 5 × 0.0411 / 0.5 = 5.41; with 40.5 and 20 that are undecided.
  expect(await seen()).toMatchObject({
    projected: { total: 39.5, low: 5.41, high: 100 },
    computed: { finalScore: null, receipt: RECEIPT, livingReceipt: RECEIPT },
  });
});

it("what was frozen is decided, with the same receipt", async () => {
  await room.advance(cycle.id, "FIRST_APPRAISAL");
  expect(await seen()).toMatchObject({
    projected: { total: 39.5, low: 39.5, high: 100 },
    computed: { finalScore: 39.5, receipt: RECEIPT, livingReceipt: RECEIPT },
  });
  const changes = [{ criterion: criterionOf(sheetOf(cycle, "048"), "2.1"), value: RECEIPT.value }];
  const text = `query ($changes: [WhatIfInput!]!) { scoreSheet(id: "${sheetOf(cycle, "048").id}") { projected { total low high } whatIf(changes: $changes) { total low high } } }`;
  const { scoreSheet } = (await room.ask<{ scoreSheet: { projected: object; whatIf: object } }>("admin", text, { changes })).data;
  expect(scoreSheet.whatIf).toEqual(scoreSheet.projected);
});
