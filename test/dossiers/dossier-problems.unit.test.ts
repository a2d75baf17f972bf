import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PROBLEM_CODES, type ProblemCode, problemsOf } from "../../src/dossiers/dossier-problems.ts";
import { DOSSIER_STATES, type DossierFacts, type PauseFacts } from "../../src/dossiers/dossier-state.ts";
import { at, consistentFacts, factsOf, supplement } from "./facts.ts";
import { runs, seed } from "../support/property.ts";

const RUNS = runs(1000);
const SEED = seed(20_261_124);
const NOW = at("2025-06-02T08:00");

const codes = (facts: Partial<DossierFacts>, now = NOW) => problemsOf(factsOf(facts), now).map(({ field, code }) => `${field} ${code}`);

const resolved = { state: "RESOLVED", endedAt: at("2025-03-20T10:00") } as const;
const returned = { ...resolved, state: "RESULT_RETURNED", returnedAt: at("2025-03-21T10:00") } as const;
const waiting = { state: "SUPPLEMENT_REQUESTED", pauses: [supplement("2025-03-05T08:00", null)] } as const;
const pay = (from: string, to: string | null): PauseFacts => ({ ...supplement(from, to), reason: "FINANCIAL_OBLIGATION" });

const REFUSED: readonly [ProblemCode, string, Partial<DossierFacts>][] = [
  ["RECEIVED_MISSING", "receivedAt", { receivedAt: null }],
  ["RECEIVED_MISSING", "receivedAt", { ...returned, receivedAt: null }],
  ["RECEIVED_NOT_ALLOWED", "receivedAt", { state: "SUBMITTED" }],
  ["ENDED_MISSING", "endedAt", { state: "RESOLVED" }],
  ["ENDED_MISSING", "endedAt", { state: "WITHDRAWN" }],
  ["ENDED_MISSING", "endedAt", { state: "STOPPED" }],
  ["ENDED_MISSING", "endedAt", { ...returned, endedAt: null }],
  ["ENDED_NOT_ALLOWED", "endedAt", { endedAt: at("2025-03-20T10:00") }],
  ["ENDED_NOT_ALLOWED", "endedAt", { ...waiting, endedAt: at("2025-03-20T10:00") }],
  ["ENDED_NOT_ALLOWED", "endedAt", { state: "SUBMITTED", receivedAt: null, endedAt: at("2025-03-20T10:00") }],
  ["RETURNED_MISSING", "returnedAt", { ...returned, returnedAt: null }],
  ["RETURNED_NOT_ALLOWED", "returnedAt", { ...returned, state: "RESOLVED" }],
  ["RECEIVED_BEFORE_SUBMITTED", "receivedAt", { submittedAt: at("2025-03-03T09:01") }],
  [
    "ENDED_BEFORE_SUBMITTED",
    "endedAt",
    { state: "NOT_ACCEPTED", receivedAt: null, submittedAt: at("2025-03-03T09:00"), endedAt: at("2025-03-03T08:59") },
  ],
  ["ENDED_BEFORE_RECEIVED", "endedAt", { state: "RESOLVED", endedAt: at("2025-03-03T08:59") }],
  ["RETURNED_BEFORE_ENDED", "returnedAt", { ...returned, returnedAt: at("2025-03-20T09:59") }],
  ["DUE_BEFORE_RECEIVED", "dueAt", { dueAt: at("2025-03-02T23:59") }],
  ["EXTENSION_NOT_LATER", "extendedTo", { dueAt: at("2025-03-10T08:00"), extendedTo: at("2025-03-10T17:00") }],
  ["EXTENSION_BEFORE_RECEIVED", "extendedTo", { extendedTo: at("2025-03-03T09:00") }],
  ["PAUSE_NOT_ALLOWED", "pauses", { ...waiting, state: "SUBMITTED", receivedAt: null }],
  ["PAUSE_NOT_ALLOWED", "pauses", { state: "NOT_ACCEPTED", pauses: [supplement("2025-03-05T08:00", "2025-03-06T08:00")] }],
  ["PAUSE_REVERSED", "pauses[0].to", { pauses: [supplement("2025-03-05T08:00", "2025-03-05T07:59")] }],
  ["PAUSE_OUTSIDE_LIFE", "pauses[0].from", { pauses: [supplement("2025-03-03T08:59", "2025-03-05T08:00")] }],
  ["PAUSE_OUTSIDE_LIFE", "pauses[0].to", { ...resolved, pauses: [supplement("2025-03-05T08:00", "2025-03-20T10:01")] }],
  ["PAUSE_OUTSIDE_LIFE", "pauses[0].from", { ...resolved, pauses: [supplement("2025-03-20T10:01", "2025-03-20T10:02")] }],
  ["PAUSE_OUTSIDE_LIFE", "pauses[0].from", { ...resolved, state: "STOPPED", pauses: [supplement("2025-03-20T10:01", null)] }],
  [
    "PAUSES_OVERLAP",
    "pauses[0].from",
    { pauses: [supplement("2025-03-07T08:00", "2025-03-08T08:00"), pay("2025-03-05T08:00", "2025-03-07T08:01")] },
  ],
  ["PAUSES_OVERLAP", "pauses[1].from", { ...waiting, pauses: [...waiting.pauses, supplement("2025-03-06T08:00", "2025-03-07T08:00")] }],
  ["PAUSES_OVERLAP", "pauses[1].from", { ...waiting, pauses: [...waiting.pauses, pay("2025-03-06T08:00", null)] }],
  ["PAUSE_MISSING", "pauses", { state: "SUPPLEMENT_REQUESTED" }],
  ["PAUSE_MISSING", "pauses", { state: "FINANCIAL_OBLIGATION", pauses: [pay("2025-03-05T08:00", "2025-03-06T08:00")] }],
  ["PAUSE_MISSING", "pauses", { ...waiting, state: "FINANCIAL_OBLIGATION" }],
  ["PAUSE_OPEN", "pauses[0].to", { ...waiting, state: "RECEIVED" }],
  ["PAUSE_OPEN", "pauses[0].to", { ...waiting, state: "PROCESSING" }],
  ["PAUSE_OPEN", "pauses[0].to", { ...resolved, pauses: waiting.pauses }],
  ["PAUSE_OPEN", "pauses[0].to", { ...returned, pauses: waiting.pauses }],
  ["INSTANT_AFTER_UPDATE", "submittedAt", { state: "SUBMITTED", receivedAt: null, submittedAt: NOW + 1 }],
  ["INSTANT_AFTER_UPDATE", "receivedAt", { receivedAt: NOW + 1 }],
  ["INSTANT_AFTER_UPDATE", "endedAt", { state: "RESOLVED", endedAt: NOW + 1 }],
  ["INSTANT_AFTER_UPDATE", "returnedAt", { ...returned, returnedAt: NOW + 1 }],
  ["INSTANT_AFTER_UPDATE", "pauses[0].from", { ...waiting, pauses: [{ ...waiting.pauses[0], from: NOW + 1 }] }],
  ["INSTANT_AFTER_UPDATE", "pauses[0].to", { pauses: [{ ...waiting.pauses[0], to: NOW + 1 }] }],
  ["UPDATED_IN_FUTURE", "updatedAt", { updatedAt: NOW + 30_001 }],
];

describe("the facts of a dossier are refused by name", () => {
  it.each(REFUSED)("%s at %s, and for nothing else: %j", (code, field, facts) => {
    expect(codes(facts)).toEqual([`${field} ${code}`]);
  });

  it("for every code that there is", () => {
    expect([...new Set(REFUSED.map(([code]) => code))]).toEqual(PROBLEM_CODES);
  });

  it("with the values in Hà Nội time and the requirement", () => {
    const [problem] = problemsOf(factsOf({ state: "RESOLVED", endedAt: at("2025-03-03T00:30") }), NOW);
    expect(problem!.message).toBe(
      "endedAt: 2025-03-03T00:30:00.000+07:00 is before receivedAt 2025-03-03T09:00:00.000+07:00; must be that instant or later",
    );
  });

  it("each one, where there are several", () => {
    expect(codes({ ...returned, receivedAt: null, returnedAt: at("2025-03-01T08:00"), updatedAt: NOW + 60_000 })).toEqual([
      "receivedAt RECEIVED_MISSING",
      "returnedAt RETURNED_BEFORE_ENDED",
      "updatedAt UPDATED_IN_FUTURE",
    ]);
  });

  it("a pause that overlaps an earlier, longer one with a short one between them", () => {
    const pauses = [
      supplement("2025-03-05T08:00", "2025-03-20T08:00"),
      supplement("2025-03-06T08:00", "2025-03-07T08:00"),
      supplement("2025-03-10T08:00", "2025-03-11T08:00"),
    ];
    expect(codes({ pauses })).toEqual(["pauses[1].from PAUSES_OVERLAP", "pauses[2].from PAUSES_OVERLAP"]);
  });
});

describe("the facts of a dossier are accepted", () => {
  const same = at("2025-03-03T09:00");
  it.each<[string, Partial<DossierFacts>]>([
    ["all at one instant", { ...returned, submittedAt: same, endedAt: same, returnedAt: same, dueAt: same, updatedAt: same }],
    ["due earlier on the day of receipt", { dueAt: at("2025-03-03T00:00") }],
    ["extended by a minute over midnight", { dueAt: at("2025-03-10T23:59"), extendedTo: at("2025-03-11T00:00") }],
    ["extended without a due date", { extendedTo: at("2025-03-03T09:01") }],
    ["refused without an instant", { state: "NOT_ACCEPTED", receivedAt: null }],
    ["refused at an instant", { state: "NOT_ACCEPTED", receivedAt: null, endedAt: at("2025-03-04T09:00") }],
    ["refused after receipt", { state: "NOT_ACCEPTED", endedAt: at("2025-03-04T09:00") }],
    [
      "pauses that touch, in no order",
      { pauses: [supplement("2025-03-07T08:00", "2025-03-08T08:00"), pay("2025-03-05T08:00", "2025-03-07T08:00")] },
    ],
    ["pauses from receipt to end", { ...resolved, pauses: [supplement("2025-03-03T09:00", "2025-03-20T10:00")] }],
    ["withdrawn while it waited", { ...waiting, state: "WITHDRAWN", endedAt: at("2025-03-20T10:00") }],
    ["stopped while it waited", { ...waiting, state: "STOPPED", endedAt: at("2025-03-20T10:00") }],
    ["waiting again", { ...waiting, pauses: [supplement("2025-03-05T08:00", null), supplement("2025-03-04T08:00", "2025-03-05T08:00")] }],
    ["known half a minute ahead of our clock", { updatedAt: NOW + 30_000 }],
  ])("%s", (_, facts) => {
    expect(problemsOf(factsOf(facts), NOW)).toEqual([]);
  });

  it("in every consistent life, and refused if it is updated before its last fact", () => {
    const states = new Set<string>();
    fc.assert(
      fc.property(consistentFacts, (facts) => {
        states.add(facts.state);
        expect(problemsOf(facts, facts.updatedAt)).toEqual([]);
        const known = facts.submittedAt! - 1;
        expect(problemsOf({ ...facts, updatedAt: known }, known)).toContainEqual(expect.objectContaining({ code: "INSTANT_AFTER_UPDATE" }));
      }),
      { numRuns: RUNS, seed: SEED },
    );
    expect([...states].toSorted()).toEqual(DOSSIER_STATES.toSorted());
  });
});
