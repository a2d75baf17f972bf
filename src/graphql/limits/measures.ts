import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from "graphql";

export interface Measures {
  readonly depth: number;
  /** Fields and inline fragments, with fragments expanded. */
  readonly selections: number;
  readonly aliases: number;
  readonly directives: number;
  /** Number of times that a selection repeats a field. */
  readonly repetitions: number;
}

type Shape = Pick<Measures, "depth" | "selections">;

/** Measures one operation, even if other parts of the document are invalid. Every fragment is visited once. */
export const measure = (document: DocumentNode, operation: OperationDefinitionNode): Measures => {
  let aliases = 0;
  let directives = 0;
  let repetitions = 0;
  visit(document, {
    SelectionSet: ({ selections }) => void (repetitions = Math.max(repetitions, repetitionsIn(selections))),
    Field: ({ alias }) => void (aliases += alias ? 1 : 0),
    Directive: () => void directives++,
  });
  const fragments = new Map(
    document.definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [])),
  );
  return { ...shapeOf(operation.selectionSet, fragments, new Map()), aliases, directives, repetitions };
};

const repetitionsIn = (selections: readonly SelectionNode[]): number => {
  const counts = new Map<string, number>();
  for (const one of selections)
    if (one.kind === Kind.FIELD) counts.set((one.alias ?? one.name).value, (counts.get((one.alias ?? one.name).value) ?? 0) + 1);
  return Math.max(1, ...counts.values()) - 1;
};

const shapeOf = (
  set: SelectionSetNode | undefined,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  known: Map<string, Shape>,
): Shape => {
  let depth = 0;
  let selections = 0;
  for (const selection of set?.selections ?? []) {
    const isSpread = selection.kind === Kind.FRAGMENT_SPREAD;
    const below = isSpread ? shapeOfFragment(selection.name.value, fragments, known) : shapeOf(selection.selectionSet, fragments, known);
    depth = Math.max(depth, below.depth + (selection.kind === Kind.FIELD ? 1 : 0));
    // The cap is needed because 60 fragments that each include the next one twice exceed the number range.
    selections = Math.min(selections + below.selections + 1, Number.MAX_SAFE_INTEGER);
  }
  return { depth, selections };
};

const shapeOfFragment = (name: string, fragments: ReadonlyMap<string, FragmentDefinitionNode>, known: Map<string, Shape>): Shape => {
  const found = known.get(name);
  if (found) return found;
  known.set(name, { depth: 0, selections: 0 });
  const shape = shapeOf(fragments.get(name)?.selectionSet, fragments, known);
  known.set(name, shape);
  return shape;
};
