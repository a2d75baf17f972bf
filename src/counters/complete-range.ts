import { BadUserInput } from "../lib/errors.ts";
import { type Day, parseDay } from "../lib/time/date.ts";

const EARLIEST: Day = "2000-01-01";

/** The last day for which records can be stated to be complete: the end of next year. */
const latestOn = (today: Day): Day => `${Number(today.slice(0, 4)) + 1}-12-31`;

/** The days of a statement that records are complete. @throws BadUserInput naming the day that is not accepted. */
export const completeRange = (given: { readonly since: string; readonly through: string }, today: Day) => {
  const [since, through] = [parseDay("since", given.since), parseDay("through", given.through)];
  if (since < EARLIEST) throw new BadUserInput("since", since, `accepted is a day from ${EARLIEST} on`);
  if (through < since) throw new BadUserInput("through", through, `accepted is a day from since, ${since}, on`);
  if (through > latestOn(today))
    throw new BadUserInput("through", through, `accepted is a day up to the end of next year, ${latestOn(today)}`);
  return { since, through };
};
