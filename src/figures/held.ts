import { DomainError } from "../lib/errors.ts";

/** What an Int of GraphQL holds at most. */
export const MAX_COUNT = 2_147_483_647;

export const isHeld = (count: number): boolean => Math.abs(count) <= MAX_COUNT;

/** 4,294,967,294 */
export const numeral = (count: number): string => count.toLocaleString("en-US");

/**
 * A count of a measure as an answer holds it. In the place of one that is too large stands an error, by which that field alone is null: executors
 * take a value that is an error for one that was thrown, and a property cannot throw without ending the whole operation.
 */
export const held = <T extends number | null>(measure: string, count: T): T =>
  count === null || isHeld(count)
    ? count
    : (new DomainError(
        "LIMIT_EXCEEDED",
        `${measure}: ${numeral(count)} is more than an answer holds, which is at most ${numeral(MAX_COUNT)}`,
        {
          measure,
          requested: count,
          maximum: MAX_COUNT,
        },
      ) as never);
