import { DomainError } from "../lib/errors.ts";

/** The largest Int of GraphQL. */
export const MAX_COUNT = 2_147_483_647;

export const isInRange = (count: number): boolean => Math.abs(count) <= MAX_COUNT;

export const numeral = (count: number): string => count.toLocaleString("en-US");

/**
 * Returns the count, or an error if GraphQL's Int cannot hold it. Executors treat a returned error as thrown, so only this field becomes null; a property that throws would
 * end the whole operation.
 */
export const countInRange = <T extends number | null>(measure: string, count: T): T =>
  count === null || isInRange(count)
    ? count
    : (new DomainError("LIMIT_EXCEEDED", `${measure}: ${numeral(count)} exceeds the maximum of ${numeral(MAX_COUNT)} for an answer`, {
        measure,
        requested: count,
        maximum: MAX_COUNT,
      }) as never);
