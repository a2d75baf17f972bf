import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startService, type TestService } from "../../support/client.ts";
import { askFor } from "../../support/cost.ts";
import { statementsOf } from "../../support/statements.ts";
import { END_ON_FAILURE, runs, seed } from "../../support/property.ts";

const RUNS = runs(20);
const SEED = seed(20_251_107);
const DAY = "2025-06-30";
/** So that no answer is large. */
const SMALL = 2000;

let service: TestService;
beforeAll(async () => {
  service = await startService("SEEDED", { maxCost: SMALL, maxDirectives: 500, maxSelections: 20_000 });
});
afterAll(() => service.close());

interface Condition {
  readonly directive: "skip" | "include";
  readonly by: "$a" | "$b" | "$c" | "true" | "false";
}

/** A field of units with what is selected below it, or a fragment; what its condition is, if any. */
interface Part {
  readonly text: string;
  readonly below?: readonly Part[];
  readonly conditions: readonly Condition[];
}

const condition = fc.record<Condition>({
  directive: fc.constantFrom("skip", "include"),
  by: fc.constantFrom("$a", "$b", "$c", "true", "false"),
});
const conditions = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  { weight: 3, arbitrary: fc.tuple(condition) },
  { weight: 1, arbitrary: fc.tuple(condition, condition).filter(([one, other]) => one.directive !== other.directive) },
);
/** Of one name always the same, so that fields are merged however they are reached. */
const FIELDS = ["parent", "ancestors", "children", "provinces: children(tier: PROVINCE)", "towns: children(kinds: [TOWN, WARD])"];
const FRAGMENTS = ["F0", "F1", "F2"];

const partsFrom = (fragments: readonly string[]) =>
  fc.letrec<{ parts: readonly Part[]; part: Part }>((tie) => ({
    parts: fc.array(tie("part"), { minLength: 1, maxLength: 3, depthIdentifier: "parts" }),
    part: fc.oneof(
      { maxDepth: 3, depthSize: "medium", depthIdentifier: "parts" },
      fc.record({ text: fc.constantFrom("code", 'dossiers(period: "2024") { __typename received }'), conditions }),
      ...(fragments.length > 0 ? [fc.record({ text: fc.constantFrom(...fragments.map((name) => `...${name}`)), conditions })] : []),
      fc.record({ text: fc.constantFrom(...FIELDS), below: tie("parts"), conditions }),
      fc.record({ text: fc.constantFrom("...", "... on Unit"), below: tie("parts"), conditions }),
    ),
  })).parts;

const holds = ({ directive, by }: Condition, variables: Readonly<Record<string, boolean>>): boolean =>
  (by.startsWith("$") ? variables[by.slice(1)] : by === "true") === (directive === "include");

/** As it was drawn, or with every condition answered by hand. */
const written = (parts: readonly Part[], variables: Readonly<Record<string, boolean>> | null): string => {
  const applied = variables ? parts.filter((part) => part.conditions.every((one) => holds(one, variables))) : parts;
  const texts = applied.map(({ text, below, conditions: own }) => {
    const directives = variables ? "" : own.map(({ directive, by }) => ` @${directive}(if: ${by})`).join("");
    // The condition of a field stands before its fields, which for the last of them are written already.
    const [head, tail] = text.includes("{") ? [text.slice(0, text.indexOf("{")), text.slice(text.indexOf("{"))] : [text, ""];
    return `${head}${directives} ${tail}${below ? written(below, variables) : ""}`;
  });
  return `{ __typename ${texts.join(" ")} }`;
};

const drawn = fc.record({
  unit: partsFrom(FRAGMENTS),
  again: partsFrom(FRAGMENTS),
  fragments: fc.tuple(partsFrom(["F1", "F2"]), partsFrom(["F2"]), partsFrom([])),
  onAgain: condition,
  variables: fc.record({ a: fc.boolean(), b: fc.boolean(), c: fc.boolean() }),
});

/** Units and roll-ups in an answer. */
const rowsIn = (data: unknown): number => {
  if (typeof data !== "object" || data === null) return 0;
  const own = ["Unit", "DossierRollup"].includes((data as { __typename?: string }).__typename ?? "");
  return Object.values(data).reduce((sum: number, part: unknown) => sum + rowsIn(part), Number(own));
};

describe("the cost of an operation with conditions", () => {
  it("equals the estimate with evaluated conditions, and is never below the rows read", async () => {
    const seen = { answered: 0, rows: 0 };
    await fc.assert(
      fc.asyncProperty(drawn, async ({ unit, again, fragments, onAgain: other, variables }) => {
        const text = (by: typeof variables | null) => {
          const second: Part = { text: `unit(code: "04", asOf: "${DAY}")`, below: again, conditions: [other] };
          const root = written([{ text: second.text, below: unit, conditions: [] }, second], by);
          // All fragments and variables are used, by what reads nothing.
          const used = `all: unit(code: "none") @skip(if: true) { ${FRAGMENTS.map((name) => `...${name}`).join(" ")} }
            a: __typename @skip(if: $a) b: __typename @skip(if: $b) c: __typename @skip(if: $c)`;
          const parts = fragments.map((one, n) => `fragment F${n} on Unit ${written(one, by)}`);
          return `query ($a: Boolean!, $b: Boolean!, $c: Boolean = true) { ${used} ${root.slice(1)} ${parts.join(" ")}`;
        };
        const conditional = await askFor(service.server, text(null), variables);
        const byHand = await askFor(service.server, text(variables), variables);
        expect(conditional, text(null)).toEqual(byHand);
        const { requested } = conditional.extensions!.cost!;
        expect(conditional.status).toBe(requested > SMALL ? 400 : 200);
        expect(rowsIn(conditional.data), text(null)).toBeLessThanOrEqual(requested);
        seen.answered += conditional.status === 200 ? 1 : 0;
        seen.rows += rowsIn(conditional.data);
      }),
      { numRuns: RUNS, seed: SEED, endOnFailure: END_ON_FAILURE },
    );
    expect(seen.answered).toBeGreaterThan(RUNS / 2);
    expect(seen.rows).toBeGreaterThan(RUNS * 2);
  });

  it("includes the reads of a fragment below a condition", async () => {
    const every = "children { children { children { parent { parent { parent { name } } } } } }";
    const query = `query ($i: Boolean!) { unit(code: "VN", asOf: "${DAY}") @include(if: $i) { ... on Unit { ${every} } } unit(code: "VN", asOf: "${DAY}") { code } }`;
    for (let time = 0; time < 3; time++) {
      const refused = await askFor(service.server, query, { i: true });
      expect([refused.status, refused.errors![0]!.extensions["code"], refused.data]).toEqual([400, "LIMIT_EXCEEDED", undefined]);
      expect(refused.extensions!.cost!.requested).toBeGreaterThan(20_000);
      let answer;
      const sent = await statementsOf(async () => {
        answer = await askFor(service.server, query, { i: false });
      });
      expect(answer).toMatchObject({ status: 200, data: { unit: { code: "VN" } }, extensions: { cost: { requested: 1 } } });
      expect(answer!["data"]).toEqual({ unit: { code: "VN" } });
      expect(sent.length).toBeLessThan(4);
    }
  });
});
