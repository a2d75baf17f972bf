import { type RawBuilder, sql } from "kysely";
import { instant } from "../database/instant-text.ts";
import type { RequestContext } from "../access/request-context.ts";
import { coveredUnits, rowScope } from "../access/scope.ts";
import { type Grant, grantsFor } from "../access/viewer.ts";
import { manyBy, oneBy, type Positioned } from "../database/loader.ts";
import type { Day } from "../lib/time/date.ts";
import { localDay } from "../lib/time/local-time.ts";
import type { DossierIdentity } from "./dossier-id.ts";
import {
  type Channel,
  CHANNELS,
  DOSSIER_STATES,
  type DossierState,
  type Outcome,
  PAUSE_REASONS,
  type PauseReason,
} from "./dossier-state.ts";
import { keyed } from "../database/relation.ts";

/** Primary key of a dossier; the province comes first, as in all keys of growing tables. */
export interface DossierKey extends DossierIdentity {
  readonly provinceNo: number;
}

export interface DossierView extends DossierKey {
  readonly unitNo: number;
  readonly receivedByNo: number;
  readonly procedureNo: number;
  readonly channel: Channel;
  readonly state: DossierState;
  /** Instants are ISO 8601 with offset. */
  readonly submittedAt: string | null;
  readonly receivedAt: string | null;
  readonly dueAt: string | null;
  readonly dueProvisional: boolean;
  readonly currentDueAt: string | null;
  readonly endedAt: string | null;
  readonly returnedAt: string | null;
  readonly receivedOn: Day | null;
  readonly endedOn: Day | null;
  readonly dueOn: Day | null;
  /** The day of receipt, or of submission or update if that is missing. */
  readonly datedOn: Day;
  readonly outcome: Outcome | null;
  readonly pauseCount: number;
}

export interface PauseView extends Positioned {
  readonly reason: PauseReason;
  readonly from: string;
  readonly to: string | null;
  readonly fromOn: Day;
  readonly toOn: Day | null;
}

const named = (names: readonly string[], number: RawBuilder<unknown>) => sql`(${sql.lit(`{${names.join()}}`)}::text[])[${number}]`;

const known = (at: RawBuilder<unknown>) => instant(at, "MS");

export const dossierColumns = sql`d.province_id as "provinceNo", d.source_id as "sourceNo", d.code, d.unit_id as "unitNo",
  d.received_by_id as "receivedByNo", d.procedure_id as "procedureNo", ${named(CHANNELS, sql`d.channel`)} as channel,
  ${named(DOSSIER_STATES, sql`d.state`)} as state, ${known(sql`d.submitted_at`)} as "submittedAt",
  case when d.received_on is not null then ${known(sql`d.received_at`)} end as "receivedAt", ${known(sql`d.due_at`)} as "dueAt",
  d.due_provisional as "dueProvisional", ${known(sql`d.current_due_at`)} as "currentDueAt", ${known(sql`d.ended_at`)} as "endedAt",
  ${known(sql`d.returned_at`)} as "returnedAt", d.received_on as "receivedOn", d.ended_on as "endedOn", d.due_on as "dueOn",
  d.dated_on as "datedOn", d.outcome, d.pauses as "pauseCount"`;

export const dossierLoaders = ({ session, viewer }: Pick<RequestContext, "session" | "viewer">) => {
  const { rows } = session.scoped(rowScope(viewer));
  const grants = grantsFor(viewer, "VIEWER");
  return {
    dossierByIdentity: oneBy<DossierIdentity, DossierView & Positioned>(
      ({ sourceNo, code }) => `${sourceNo}|${code}`,
      async (keys) => (grants.length === 0 ? [] : rows(dossiersByIdentity(keys, grants))),
    ),

    pausesOf: manyBy<DossierKey, PauseView>(
      ({ provinceNo, sourceNo, code }) => `${provinceNo}|${sourceNo}|${code}`,
      (keys) =>
        rows(sql<PauseView>`
          select k.i::int, ${named(PAUSE_REASONS, sql`p.reason`)} as reason, ${known(sql`p.from_at`)} as "from", ${known(sql`p.to_at`)} as "to",
            ${localDay(sql`p.from_at`)} as "fromOn", ${localDay(sql`p.to_at`)} as "toOn"
          from ${keyed("k", keys, {
            province_id: ["int", ({ provinceNo }) => provinceNo],
            source_id: ["int", ({ sourceNo }) => sourceNo],
            code: ["text", ({ code }) => code],
          })}
          join dossier_pause p on p.province_id = k.province_id and p.source_id = k.source_id and p.code = k.code
          order by k.i, p.from_at, p.position`),
    ),
  };
};

/** A source has dossiers visible to the viewer in few provinces, and each province is one look-up by the whole primary key. */
const dossiersByIdentity = (keys: readonly DossierIdentity[], grants: readonly Grant[]) => sql<DossierView & Positioned>`
  with covered as materialized (${coveredUnits(grants)}),
  asked as materialized (
    select k.* from ${keyed("k", keys, { source_id: ["int", ({ sourceNo }) => sourceNo], code: ["text", ({ code }) => code] })}
  ),
  place as materialized (
    select distinct r.province_id, r.source_id from record_unit r
    where r.kind = 'DOSSIERS' and r.source_id in (select source_id from asked) and r.unit_id in (select unit_id from covered)
  ),
  k as materialized (select a.i, p.province_id, a.source_id, a.code from asked a join place p on p.source_id = a.source_id)
  select k.i::int, ${dossierColumns} from k join dossier d on d.province_id = k.province_id and d.source_id = k.source_id and d.code = k.code
  where coalesce(d.unit_id in (select unit_id from covered), false)`;
