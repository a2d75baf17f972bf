import fc from "fast-check";
import { expect, it } from "vitest";
import { sumUp } from "../../../src/assessments/scoring/tree.ts";
import { runs, seed } from "../../support/property.ts";

/** 1 (1.1, 1.2 (1.2.1, 1.2.2)), 2 */
const NODES = [null, 0, 0, 2, 2, null].map((parent) => ({ parent }));
const LEAVES = [1, 3, 4, 5];
const points = (given: readonly (number | null | undefined)[]) => sumUp(NODES, (position) => given[LEAVES.indexOf(position)]);

it("adds leaves up to nodes", () => {
  expect(points([10, 25, 7, 100])).toEqual([42, 10, 32, 25, 7, 100]);
});

it("leaves the sums above an undecided leaf open, and no others", () => {
  expect(points([10, null, 7, 100])).toEqual([null, 10, null, null, 7, 100]);
});

it("leaves out what does not apply, also whole domains", () => {
  expect(points([10, undefined, undefined, 100])).toEqual([10, 10, undefined, undefined, undefined, 100]);
  expect(points([10, undefined, null, undefined])).toEqual([null, 10, null, undefined, null, undefined]);
});

const anyTree = fc
  .array(fc.nat(), { minLength: 1, maxLength: 25 })
  .map((draws) => draws.map((draw, position) => ({ parent: draw % 4 === 0 || position === 0 ? null : draw % position })));

it("equals the sum of all leaves below each node of any tree", () => {
  const anyLeaf = fc.oneof({ weight: 8, arbitrary: fc.nat(2000) }, fc.constant(null), fc.constant(undefined));
  fc.assert(
    fc.property(anyTree, fc.array(anyLeaf, { minLength: 25, maxLength: 25 }), (nodes, given) => {
      const below = (position: number): number[] => {
        const children = nodes.flatMap(({ parent }, child) => (parent === position ? below(child) : []));
        return nodes.some(({ parent }) => parent === position) ? children : [position];
      };
      const expected = nodes.map((_, position) => {
        const leaves = below(position).flatMap((leaf) => (given[leaf] === undefined ? [] : [given[leaf]]));
        if (leaves.length === 0) return undefined;
        return leaves.includes(null) ? null : leaves.reduce<number>((sum, leaf) => sum + leaf!, 0);
      });
      expect(sumUp(nodes, (position) => given[position])).toEqual(expected);
    }),
    { numRuns: runs(1000), seed: seed(5) },
  );
});
