import { randomOf } from "../../seeds/demo/random.ts";
import { addDays, type Day } from "../../src/lib/time/date.ts";
import { COMMUNES, ENDED } from "./twin-databases.ts";

/** A task of the province, which one of two communes leads. */
export interface TwinTask {
  readonly lead: string;
  readonly assignedOn: Day;
  readonly deadline: Day | null;
  readonly completedOn: Day | null;
}

/** Tasks that agree in the half-months that have ended, in each database on days of its own. */
export const drawTaskTwins = (seed: number, pairs: number): readonly [TwinTask[], TwinTask[]] => {
  const random = randomOf(seed);
  const below = (end: number): number => Math.floor(random() * end);
  /** A day of the half-month, and the day after it, too. */
  const within = ([first, last]: readonly [Day, Day]): Day => addDays(first, below((Date.parse(last) - Date.parse(first)) / 86_400_000));
  const ahead = (): Day => addDays("2026-11-15", below(60));
  const twins: [TwinTask[], TwinTask[]] = [[], []];
  for (let n = 0; n < pairs; n++) {
    const lead = COMMUNES[n % 2]!;
    const [assigned, due, completed] = [below(3), 3 + below(ENDED.length - 2), 2 + below(ENDED.length - 2)];
    const hasDeadline = below(4) > 0;
    // Whether it was in time is public: it is not completed in the half-month of its deadline.
    const isCompleted = below(2) > 0 && completed !== due && completed > assigned;
    for (const own of twins)
      own.push({
        ...{ lead, assignedOn: within(ENDED[assigned]!), completedOn: isCompleted ? within(ENDED[completed]!) : null },
        deadline: hasDeadline ? (due < ENDED.length ? within(ENDED[due]!) : ahead()) : null,
      });
  }
  // What came in the running half-month is each database's own.
  for (const [place, own] of twins.entries())
    for (let n = 0; n < 2 + 3 * place; n++)
      own.push({ lead: COMMUNES[below(2)]!, assignedOn: addDays("2026-11-15", below(7)), deadline: ahead(), completedOn: null });
  return twins;
};
