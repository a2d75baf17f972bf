import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fillIdentities, type Known } from "../../src/figures/identity.ts";
import { DOSSIER, type RollupKind, TASK } from "../../src/figures/measure.ts";

const count = fc.integer({ min: 0, max: 6 });

/** Counts that hold all identities: the leaves are drawn, the sums follow. */
const dossierTruth = fc
  .tuple(count, count, count, count, count, count, count, count, count, count, count)
  .map(([online, direct, postal, early, onTime, overdue, notDue, late, paused, withdrawn, stopped]): Known | null => {
    const [received, resolved, inProcess] = [online + direct + postal, early + onTime + overdue, notDue + late + paused];
    const carriedOver = resolved + withdrawn + stopped + inProcess - received;
    if (carriedOver < 0) return null;
    return new Map(
      Object.entries({
        ...{ received, receivedOnline: online, receivedDirect: direct, receivedPostal: postal, carriedOver, resolved },
        ...{ resolvedEarly: early, resolvedOnTime: onTime, resolvedOverdue: overdue, inProcess, inProcessNotDue: notDue },
        ...{ inProcessOverdue: late, inProcessPaused: paused, withdrawn, stopped },
      }),
    );
  });
const taskTruth = fc.tuple(count, count, count, count, count, count).map(
  ([inTime, late, notDue, overdue, done, running]): Known =>
    new Map(
      Object.entries({
        ...{ completedOnTime: inTime, completedLate: late, runningNotDue: notDue, runningOverdue: overdue },
        ...{ completedWithoutDeadline: done, runningWithoutDeadline: running, onTime: inTime + notDue, overdue: late + overdue },
        ...{
          withDeadline: inTime + late + notDue + overdue,
          withoutDeadline: done + running,
          total: inTime + late + notDue + overdue + done + running,
        },
      }),
    ),
);

const hidden = (truth: Known, mask: readonly boolean[]): Known => new Map([...truth].filter((_, n) => mask[n]));
const masks = fc.array(fc.boolean(), { minLength: 15, maxLength: 15 });

/** What a single identity implies, one term at a time, by trying every number that the term could be. */
const implied = (known: Known, { identities }: RollupKind): Known => {
  const all = new Map(known);
  for (let before = -1; before !== all.size;) {
    before = all.size;
    for (const { left, right } of identities) {
      for (const name of [...left, ...right].filter((term) => !all.has(term))) {
        const possible = Array.from({ length: 80 }, (_, n) => n).filter((n) => canHold([...left], [...right], new Map(all).set(name, n)));
        if (possible.length === 1) all.set(name, possible[0]!);
      }
    }
  }
  return all;
};
const canHold = (left: string[], right: string[], known: Known): boolean => {
  const [sumLeft, sumRight] = [left, right].map((side) => side.reduce((sum, name) => sum + (known.get(name) ?? 0), 0)) as [number, number];
  const [openLeft, openRight] = [left, right].map((side) => side.some((name) => !known.has(name))) as [boolean, boolean];
  return (
    (sumLeft === sumRight && !openLeft && !openRight) ||
    (openLeft && openRight) ||
    (openLeft ? sumLeft <= sumRight : openRight && sumRight <= sumLeft)
  );
};

describe.each([
  ["dossiers", DOSSIER, dossierTruth.filter((truth) => truth !== null)],
  ["tasks", TASK, taskTruth],
] as const)("the identities of %s", (_, kind, truths) => {
  it("fill in only implied values", () => {
    fc.assert(
      fc.property(truths, masks, (truth, mask) => {
        const known = hidden(truth, mask);
        const filled = new Map(known);
        expect(fillIdentities(filled, kind.identities)).toBeNull();
        for (const [name, value] of filled) expect(value, name).toBe(truth.get(name));
        expect(Object.fromEntries(filled)).toEqual(Object.fromEntries(implied(known, kind)));
      }),
      { numRuns: 300 },
    );
  });

  it("find every contradiction of complete numbers", () => {
    fc.assert(
      fc.property(truths, fc.integer({ min: 0, max: 10 }), fc.integer({ min: 1, max: 5 }), (truth, n, error) => {
        const [name, value] = [...truth][n]!;
        const broken = fillIdentities(new Map(truth).set(name, value + error), kind.identities);
        expect(broken).not.toBeNull();
        expect([...broken!.identity.left, ...broken!.identity.right]).toContain(name);
        expect(broken!.numbers).toContain(`${name} = ${value + error}`);
      }),
    );
  });
});

it("leaves the last part open where an unknown part beside it may be anything", () => {
  const known: Known = new Map([
    ["inProcess", 5],
    ["inProcessNotDue", 3],
  ]);
  expect(fillIdentities(known, DOSSIER.identities)).toBeNull();
  expect(known.has("inProcessOverdue")).toBe(false);
});

it("set missing parts to 0 if the given ones exhaust the whole", () => {
  const known: Known = new Map([
    ["inProcess", 5],
    ["inProcessNotDue", 5],
  ]);
  expect(fillIdentities(known, DOSSIER.identities)).toBeNull();
  expect([known.get("inProcessOverdue"), known.get("inProcessPaused")]).toEqual([0, 0]);
});
