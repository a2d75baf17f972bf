import { BadUserInput } from "../lib/errors.ts";
import { type Day, parseDay } from "../lib/time/date.ts";

const EARLIEST: Day = "2000-01-01";

/** Completeness may be declared up to the end of next year. */
const latestOn = (today: Day): Day => `${Number(today.slice(0, 4)) + 1}-12-31`;

export const completeRange = (given: { readonly since: string; readonly through: string }, today: Day) => {
  const [since, through] = [parseDay("since", given.since), parseDay("through", given.through)];
  if (since < EARLIEST) throw new BadUserInput("since", since, `must be a day from ${EARLIEST} on`);
  if (through < since) throw new BadUserInput("through", through, `must be a day from since, ${since}, on`);
  if (through > latestOn(today)) throw new BadUserInput("through", through, `must be a day up to the end of next year, ${latestOn(today)}`);
  return { since, through };
};
