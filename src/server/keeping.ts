import { sql } from "kysely";
import type { Reader } from "../database/reader.ts";
import { dayOf } from "../lib/time/date.ts";
import type { Keeping } from "./http/http.ts";
import { KeptAnswers } from "./http/kept-answers.ts";
import { type RouterCheck, TRACE_HEADER } from "../access/router.ts";
import { observationOf } from "./running/observation.ts";

interface KeepingOptions {
  readonly keptAnswers: number;
  readonly clock: () => Date;
  readonly reader: () => Reader;
  readonly router: RouterCheck;
}

/** Answers to those who have not said who they are; null where none are kept. */
export const keepingOf = ({ keptAnswers, clock, reader, router }: KeepingOptions): Keeping | null =>
  keptAnswers === 0
    ? null
    : {
        answers: new KeptAnswers({ maximum: keptAnswers, state: () => stateOf(reader(), clock()) }),
        questionOf: ({ query, operationName, variables, extensions }, headers, request) => {
          const { method } = request;
          if ((method !== "POST" && method !== "GET") || request.headers.authorization !== undefined || headers.has(TRACE_HEADER))
            return null;
          return JSON.stringify([
            method,
            query,
            operationName,
            variables,
            extensions,
            headers.get("accept"),
            router.isRouter(request.headers),
          ]);
        },
        retellingOf: (request) => {
          const { operation, label, cost } = observationOf(request);
          return (later) => Object.assign(observationOf(later), { operation, label, cost, statements: 1 });
        },
      };

/**
 * The day, and which transactions PostgreSQL shows: two snapshots of one name show the same data, but that numbers of transactions that were
 * undone may be given again after a crash. Null where other nodes write what
 * the snapshots of this one do not tell.
 */
const stateOf = async (reader: Reader, now: Date): Promise<string | null> => {
  if (reader.isDistributed) return null;
  const [row] = await reader.rows(
    sql<{ snapshot: string }>`select concat_ws(' ', pg_postmaster_start_time(), pg_current_snapshot()) as snapshot`,
  );
  return `${dayOf(now)} ${row!.snapshot}`;
};
