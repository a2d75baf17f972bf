import { describe, expect, it } from "vitest";
import { DOSSIER_RECORDS as rules } from "../../src/dossiers/dossier-records.ts";
import type { RollupKey } from "../../src/counters/rollup-key.ts";
import { DOSSIER } from "../../src/figures/measure.ts";
import { RollupAnswer } from "../../src/rollups/rollup-answer-rows.ts";
import type { AnswerRow } from "../../src/rollups/rollup-answer.store.ts";
import type { Rollup } from "../../src/rollups/rollup.ts";

const UNITS = [70, 10, 30, 20];
const keys = UNITS.map((no) => ({ unit: { no, tier: "COMMUNE" }, period: null, handledBy: null, cut: null }) as unknown as RollupKey);
const looking = { isForRecords: true, isForTrees: true, isForStored: true, isForComplete: true, isForWithheld: true };

const head = (changes: object = {}): AnswerRow => ({
  part: 0,
  data: { version: "v", isContributed: true, isRecorded: true, isTreed: true, isStored: true, isTraced: true, ...changes },
});
/** Of the received only, the second of the counts. */
const sums = (key: number, received: number, certain = true): AnswerRow => {
  const counts = Array(rules.rolledUp).fill(0);
  counts[1] = received;
  return { part: 2, key, certain, counted: `{${counts.join()}}` };
};
const end = (changes: object = {}): AnswerRow => ({
  part: 3,
  data: { complete: null, withheld: null, hasDoubtful: true, ...changes },
});

const reading = (changes = {}) => {
  const answer = new RollupAnswer({
    kind: DOSSIER,
    rules,
    keys,
    looking,
    places: new Map(UNITS.map((no, n) => [no, n])),
    through: "2025-12-31",
    ...changes,
  });
  const { promise: ended, resolve: finish, reject: fail } = Promise.withResolvers<void>();
  let take: (row: AnswerRow) => void = () => {};
  const promised = answer.promised((taking) => {
    take = taking;
    return ended;
  });
  return { answer, promised, finish, fail, take: (...rows: AnswerRow[]) => rows.forEach((row) => take(row)) };
};

/** The received of each roll-up that is there, in the order of the keys. */
const present = async (promises: readonly Promise<Rollup>[]): Promise<(number | null | "later")[]> => {
  const later = {};
  return Promise.all(
    promises.map(async (promise) => {
      const found = await Promise.race([promise, new Promise((done) => setImmediate(done, later))]);
      return found === later ? "later" : (found as Rollup).sum("received");
    }),
  );
};

describe("roll-ups of most units", () => {
  it("are there once the next unit's rows come; those without a certain sum, or with doubts, wait for the end", async () => {
    const { promised, take, finish } = reading();
    take(head());
    const rollups = (await promised)!;
    expect(await present(rollups)).toEqual(["later", "later", "later", "later"]);
    take(sums(10, 1), sums(20, 2, false), sums(20, 3), sums(70, 4));
    expect(await present(rollups)).toEqual(["later", 1, "later", "later"]);
    take(end({ complete: [3], withheld: [4] }));
    finish();
    expect(await present(rollups)).toEqual([4, 1, 0, null]);
  });

  it("leave out units that were not asked for", async () => {
    const { promised, take, finish } = reading();
    take(head(), sums(10, 1), sums(15, 9), sums(20, 2), end());
    finish();
    expect(await present((await promised)!)).toEqual([null, 1, null, 2]);
  });

  it.each([{ isContributed: false }, { isStored: false }, { isRecorded: false }, { isTreed: false }, { isTraced: false }])(
    "are not promised where the statement says %o",
    async (changes) => {
      const { answer, promised, take, finish } = reading();
      take(head(changes), sums(10, 1), end());
      finish();
      expect(await promised).toBeNull();
      expect(answer.rollups.map((rollup) => rollup.sum("received"))).toHaveLength(4);
    },
  );

  it("that are not there yet fail with the statement", async () => {
    const { promised, take, fail } = reading();
    take(head(), sums(10, 1), sums(20, 2));
    const rollups = (await promised)!;
    const settled = Promise.allSettled(rollups);
    fail(new Error("lost"));
    expect((await settled).map(({ status }) => status)).toEqual(["rejected", "fulfilled", "rejected", "rejected"]);
  });

  it("refuse rows of a unit that has been given already", async () => {
    const { promised, take } = reading();
    take(head(), sums(10, 1), sums(20, 2));
    expect(await promised).toHaveLength(4);
    expect(() => take(sums(10, 5, false))).toThrow("unit 10");
  });
});
