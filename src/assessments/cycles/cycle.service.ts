import { sql } from "kysely";
import type { RequestContext } from "../../access/request-context.ts";
import { unitLoaders } from "../../hierarchy/unit.loaders.ts";
import type { UnitView } from "../../hierarchy/unit-view.ts";
import { DomainError } from "../../lib/errors.ts";
import { connectionOf } from "../../lib/page.ts";
import { unitNamed } from "../../units/unit.service.ts";
import { parseNumberId } from "../assessment-id.ts";
import { unitOfYear } from "../unit-of-year.ts";
import { latestFirst, yearPage } from "../year-page.ts";
import { cycleColumns, cycleLoaders, cycleReading, type CycleView } from "./cycle.loaders.ts";

type Asking = Pick<RequestContext, "session" | "viewer" | "today" | "use">;

/** Null for a cycle that the caller may not see, as for none. */
export const findCycle = async (context: Pick<RequestContext, "use">, id: string): Promise<CycleView | null> => {
  const no = parseNumberId("cycle", id);
  return no === null ? null : context.use(cycleLoaders).cycleByNo.load(no);
};

/** @throws DomainError NOT_FOUND for a cycle that the caller does not see. */
export const cycleNamed = async (context: Pick<RequestContext, "use">, id: string): Promise<CycleView> => {
  const cycle = await findCycle(context, id);
  if (!cycle) throw new DomainError("NOT_FOUND", `cycle: there is no cycle ${JSON.stringify(id.slice(0, 100))}`, { argument: "cycle" });
  return cycle;
};

export interface CycleList {
  readonly unitNo: number;
  readonly year: number | null;
}

const matching = (context: Pick<Asking, "session" | "viewer">, { unitNo, year }: CycleList) => {
  const { isSeen, few } = cycleReading(context);
  const matched = sql`
    with matched as materialized (
      select c.id, r.year from assessment_cycle c join rubric r on r.id = c.rubric_id
      where (c.organiser_id = ${unitNo} or ${unitNo}::int = any(c.member_ids)) and (${year}::int is null or r.year = ${year}) and ${isSeen})`;
  return { matched, few };
};

interface ListArguments {
  readonly unit: string;
  readonly year: number | undefined;
  readonly first: number;
  readonly after: string | undefined;
}

/** The latest year first, and within it the last one opened. @throws BadUserInput for an unknown unit. */
export const listCycles = async (context: Asking, { unit: name, year, first, after }: ListArguments) => {
  const page = yearPage(first, after);
  const unit = await unitNamed(context.use(unitLoaders), "unit", name, null);
  const list: CycleList = { unitNo: unit.no, year: year ?? null };
  const { matched, few } = matching(context, list);
  const rows = await few(sql<CycleView>`
    ${matched} select ${cycleColumns} from matched m join assessment_cycle c on c.id = m.id join rubric r on r.id = c.rubric_id
    where ${latestFirst(page, sql`r.year`, sql`c.id`)}`);
  return { ...connectionOf(rows, page, ({ year: rank, no }) => ({ rank, text: String(no) })), list };
};

export const countCycles = async (context: Pick<Asking, "session" | "viewer">, list: CycleList): Promise<number> => {
  const { matched, few } = matching(context, list);
  const [found] = await few(sql<{ total: number }>`${matched} select count(*)::int as total from matched`);
  return found?.total ?? 0;
};

/** The organiser as of the end of the period, today, or its last day. */
export const organiserOfCycle = (context: Pick<Asking, "today" | "use">, { organiserNo, period }: CycleView): Promise<UnitView | null> =>
  unitOfYear(context, organiserNo, period.to < context.today ? period.to : context.today);

export const membersOfCycle = async (context: Pick<Asking, "use">, cycle: CycleView) => {
  const units = await context.use(cycleLoaders).membersOf.load(cycle);
  return units.map((unit) => {
    const reason = cycle.unranked[unit.no] ?? null;
    return { unit, isRanked: reason === null, reason };
  });
};
