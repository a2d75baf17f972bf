import { sql } from "kysely";
import { coveredUnits, rowScope } from "../access/scope.ts";
import { type Grant, grantsFor } from "../access/viewer.ts";
import { DomainError } from "../lib/errors.ts";
import { connectionOf } from "../lib/page.ts";
import type { RequestContext } from "../access/request-context.ts";
import { type Day, dayOf, epochDay, parsePastDay } from "../lib/time/date.ts";
import { unitLoaders } from "../hierarchy/unit.loaders.ts";
import type { UnitView } from "../hierarchy/unit-view.ts";
import {
  countOfDossiers,
  countOverNodes,
  type DossierList,
  dossierPage,
  pageOfDossiers,
  pageOverNodes,
  positionOf,
} from "./dossier-list.ts";
import type { CountedDays } from "./dossier-state.ts";
import { conditionOf, type DossierFilter } from "./dossier.filter.ts";
import { dossierColumns, dossierLoaders, type DossierView, type PauseView } from "./dossier.loaders.ts";
import { type Timeliness, timelinessOn } from "./timeliness.ts";

type Caller = Pick<RequestContext, "session" | "hierarchy" | "viewer" | "today" | "use">;

/** Returns the dossier that the viewer may see, or null. @throws DomainError CONFLICT if several sources have one. */
export const findDossier = async (
  { session, viewer }: Pick<RequestContext, "session" | "hierarchy" | "viewer">,
  code: string,
  source: string | null | undefined,
): Promise<DossierView | null> => {
  if (`${code}${source ?? ""}`.includes("\0")) return null;
  const found = await session.scoped(rowScope(viewer)).rows(dossiersWith(grantsFor(viewer, "VIEWER"), code, source ?? null));
  if (found.length > 1) {
    const sources = found.map(({ sourceId }) => sourceId);
    throw new DomainError("CONFLICT", `source: several systems have a dossier with this code; must be one of ${sources.join(", ")}`, {
      ...{ argument: "source", sources },
    });
  }
  return found[0] ?? null;
};

/** Few provinces and sources have dossiers of the units, and each is one look-up. */
const dossiersWith = (grants: readonly Grant[], code: string, source: string | null) => sql<DossierView & { sourceId: string }>`
  with covered as materialized (${coveredUnits(grants)}),
  place as materialized (
    select distinct r.province_id, r.source_id from record_unit r where r.kind = 'DOSSIERS' and r.unit_id in (select unit_id from covered)
  )
  select ${dossierColumns}, s.key as "sourceId" from place join source s on s.id = place.source_id and (${source}::text is null or s.key = ${source} or s.name = ${source})
  join dossier d on d.province_id = place.province_id and d.source_id = place.source_id and d.code = ${code}
  where d.unit_id in (select unit_id from covered) order by s.key collate "C"`;

/** Returns the page and the total count. @throws BadUserInput naming the invalid part of the filter. */
export const listDossiers = async (context: Caller, filter: DossierFilter, first: number, after: string | null | undefined) => {
  const page = dossierPage(first, after);
  const list: DossierList = { grants: grantsFor(context.viewer, "VIEWER"), condition: await conditionOf(context, filter) };
  const pageOf = context.session.isDistributed ? pageOverNodes : pageOfDossiers;
  const rows = await context.session.scoped(rowScope(context.viewer)).rows(pageOf(list, page.from));
  return { ...connectionOf(rows, page, positionOf), list };
};

export const countDossiers = async (
  { session, viewer }: Pick<RequestContext, "session" | "hierarchy" | "viewer">,
  list: DossierList,
): Promise<number> =>
  (await session.scoped(rowScope(viewer)).rows((session.isDistributed ? countOverNodes : countOfDossiers)(list)))[0]!.total;

/** As of the dossier's day; if the unit did not exist then, as of today or of its last day. */
export const unitOfDossier = async (context: Pick<RequestContext, "use">, no: number, asOf: Day): Promise<UnitView | null> => {
  const { unitOn, unitByNo } = context.use(unitLoaders);
  return (await unitOn.load({ no, asOf })) ?? unitByNo.load(no);
};

export const pausesOf = async (context: Pick<RequestContext, "use">, dossier: DossierView) =>
  dossier.pauseCount === 0 ? [] : context.use(dossierLoaders).pausesOf.load(dossier);

export const timelinessOf = async (
  context: Pick<RequestContext, "today" | "use">,
  dossier: DossierView,
  asOf: string | null | undefined,
): Promise<Timeliness> => {
  const day = asOf == null ? context.today : parsePastDay("asOf", asOf, context.today);
  const pauses = await pausesOf(context, dossier);
  return timelinessOn(daysOf(dossier, pauses), epochDay(day)) ?? withoutReceipt(dossier, day);
};

const epochOrNull = (day: Day | null): number | null => (day === null ? null : epochDay(day));

const daysOf = ({ receivedOn, endedOn, dueOn, outcome }: DossierView, pauses: readonly PauseView[]): CountedDays => ({
  ...{ receivedOn: epochOrNull(receivedOn), endedOn: epochOrNull(endedOn), dueOn: epochOrNull(dueOn), outcome },
  pauses: pauses.map(({ fromOn, toOn }) => ({ from: epochDay(fromOn), to: epochOrNull(toOn) })),
});

/** A dossier before acceptance is not due, and a refused one has ended. */
const withoutReceipt = ({ state, endedAt }: DossierView, day: Day): Timeliness =>
  state === "NOT_ACCEPTED" && (endedAt === null || dayOf(new Date(endedAt)) <= day) ? "ENDED_WITHOUT_RESULT" : "NOT_DUE";
