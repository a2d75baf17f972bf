import fc from "fast-check";
import { DOSSIER_STATES, type DossierFacts, type DossierState, type PauseFacts } from "../../src/dossiers/dossier-state.ts";

/** The instant of a clock in Hà Nội: 2025-03-03T09:00. */
export const at = (clock: string): number => Date.parse(`${clock}${clock.length === 16 ? ":00" : ""}+07:00`);

/** A dossier in process, received on Monday 3 March 2025, with some facts of its own. */
export const factsOf = (facts: Partial<DossierFacts> = {}): DossierFacts => ({
  state: "PROCESSING",
  submittedAt: null,
  receivedAt: at("2025-03-03T09:00"),
  dueAt: null,
  extendedTo: null,
  endedAt: null,
  returnedAt: null,
  pauses: [],
  updatedAt: at("2025-06-02T08:00"),
  ...facts,
});

export const supplement = (from: string, to: string | null): PauseFacts => ({
  reason: "SUPPLEMENT",
  from: at(from),
  to: to === null ? null : at(to),
});

const DAY = 86_400_000;
const WAITING: ReadonlySet<DossierState> = new Set(["SUPPLEMENT_REQUESTED", "FINANCIAL_OBLIGATION"]);
const ENDED: ReadonlySet<DossierState> = new Set(["WITHDRAWN", "STOPPED", "RESOLVED", "RESULT_RETURNED"]);

/** From nothing to some weeks; often within a day or just over midnight, where days are easily miscounted. */
const gap = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 0, max: DAY }),
  fc.integer({ min: 0, max: 12 }).map((n) => n * DAY),
  fc.integer({ min: 0, max: 20 * DAY }),
);
/** Into the published years, over their ends, and on both sides of every midnight. */
const start = fc
  .tuple(fc.integer({ min: 0, max: 3700 }), fc.constantFrom(0, 1, DAY - 1, 9 * 3_600_000))
  .map(([n, ms]) => at("2017-12-01T00:00") + n * DAY + ms);

const drawn = fc.record({
  state: fc.constantFrom(...DOSSIER_STATES),
  start,
  gaps: fc.array(gap, { minLength: 12, maxLength: 12 }),
  pauses: fc.integer({ min: 0, max: 3 }),
  isOpen: fc.boolean(),
  isExtended: fc.boolean(),
  due: fc.option(fc.integer({ min: 0, max: 40 * DAY })),
  extension: fc.integer({ min: DAY, max: 30 * DAY }),
});
type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never;

const pausesOf = ({ state, pauses, isOpen }: Drawn, next: () => number): PauseFacts[] => {
  const count = WAITING.has(state) ? Math.max(1, pauses) : pauses;
  return Array.from({ length: count }, (_, n) => {
    const isLast = n === count - 1;
    const mayStayOpen = isLast && (WAITING.has(state) || (isOpen && ["WITHDRAWN", "STOPPED"].includes(state)));
    const [from, to] = [next(), next()];
    const reason = state === "FINANCIAL_OBLIGATION" && isLast ? "FINANCIAL_OBLIGATION" : "SUPPLEMENT";
    return { reason, from, to: mayStayOpen ? null : to };
  });
};

const build = (choice: Drawn): DossierFacts => {
  const { state, gaps, isExtended, due, extension } = choice;
  let [n, clock] = [0, choice.start];
  const next = () => (clock += gaps[n++]!);
  const isAccepted = state !== "SUBMITTED" && state !== "NOT_ACCEPTED";
  const submittedAt = next();
  const receivedAt = isAccepted ? next() : null;
  const pauses = isAccepted ? pausesOf(choice, next) : [];
  const endedAt = ENDED.has(state) ? next() : null;
  const returnedAt = state === "RESULT_RETURNED" ? next() : null;
  const dueAt = due === null || receivedAt === null ? null : receivedAt + due;
  const extendedTo = isExtended && receivedAt !== null ? (dueAt ?? receivedAt) + extension : null;
  return { state, submittedAt, receivedAt, dueAt, extendedTo, endedAt, returnedAt, pauses: pauses.toReversed(), updatedAt: next() };
};

/** Random facts of a dossier that contradict nothing; pauses come in no order. */
export const consistentFacts: fc.Arbitrary<DossierFacts> = drawn.map(build);
