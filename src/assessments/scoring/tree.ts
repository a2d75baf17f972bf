/** A node of the criteria in their order, parents before children. */
export interface CriterionNode {
  /** Position of the parent in the same list; null for a domain. */
  readonly parent: number | null;
}

/**
 * The leaves' numbers, and for each inner node the sum of the leaves below it that apply. A sum is null while a leaf below it is null; a leaf that does not apply is undefined, as
 * is a node without any that does.
 */
export const sumUp = (
  nodes: readonly CriterionNode[],
  leaf: (position: number) => number | null | undefined,
): (number | null | undefined)[] => {
  const inner = new Set(nodes.map(({ parent }) => parent));
  const sums = nodes.map((_, position) => (inner.has(position) ? undefined : leaf(position)));
  for (let position = nodes.length - 1; position >= 0; position--) {
    const { parent } = nodes[position]!;
    if (parent !== null) sums[parent] = add(sums[parent], sums[position]);
  }
  return sums;
};

const add = (a: number | null | undefined, b: number | null | undefined): number | null | undefined => {
  if (a === undefined) return b;
  if (b === undefined) return a;
  return a === null || b === null ? null : a + b;
};
