import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { recordChange } from "../journal/audit.ts";
import { rowScope } from "../access/scope.ts";
import { DomainError } from "../lib/errors.ts";
import type { SourceState } from "../figures/figure.entity.ts";
import { MAX_COUNT } from "../figures/int-range.ts";
import { beyondText, sumBeyond } from "../figures/sum-limit.store.ts";
import type { RequestContext } from "../access/request-context.ts";
import { changeRollups } from "../hierarchy/rollup-version.store.ts";
import { dropSetsOfSources } from "../rollups/invalidate.ts";
import type { WithdrawReportInput } from "./report-mutation.type.ts";
import type { Report } from "./report.loaders.ts";
import { demandRoleOn } from "../access/role-on.ts";
import { reportNamed } from "./report.service.ts";
import { textOf } from "../lib/argument-text.ts";

type Asking = Pick<RequestContext, "session" | "hierarchy" | "viewer" | "now" | "use" | "renew">;

const MAX_REASON = 1000;

/**
 * Publishes a draft and supersedes the report that it corrects, in one transaction; a published report stays unchanged.
 * @throws DomainError NOT_FOUND, FORBIDDEN, or CONFLICT for a superseded or withdrawn report, or one whose figures make sums too large for answers.
 */
export const publishReport = async (context: Asking, id: string): Promise<Report> => {
  const report = await reportNamed(context, "id", id);
  await demandRoleOn(context, "ADMIN", report.unitNo);
  if (report.state === "PUBLISHED") return report;
  if (report.state !== "DRAFT") throw notNow(report, report.state);
  await change(context, report, "publishReport", async (em) => {
    const corrected = report.supersedesNo;
    if (corrected !== null && !(await move(em, corrected, ["PUBLISHED"], "SUPERSEDED", context.now, null)))
      throw new DomainError(
        "CONFLICT",
        `id: what the report ${id} corrects has been superseded or withdrawn meanwhile; correct that instead`,
      );
    if (!(await move(em, report.no, ["DRAFT"], "PUBLISHED", context.now, null))) throw await stateNow(em, report);
    await demandSmallSums(em, report);
    return { state: "PUBLISHED" };
  });
  return reportNamed(context, "id", id);
};

/**
 * Withdraws a draft or a published report; it stays stored and no longer counts. Reports that it superseded stay superseded.
 * @throws DomainError NOT_FOUND, FORBIDDEN, or CONFLICT for a superseded or withdrawn report.
 */
export const withdrawReport = async (context: Asking, { id, reason: given }: WithdrawReportInput): Promise<Report> => {
  const reason = textOf("reason", given, MAX_REASON);
  const report = await reportNamed(context, "id", id);
  await demandRoleOn(context, report.state === "DRAFT" ? "OFFICER" : "ADMIN", report.unitNo);
  await change(context, report, "withdrawReport", async (em) => {
    // Another caller may have published the draft meanwhile.
    if (!(await move(em, report.no, [report.state === "DRAFT" ? "DRAFT" : "PUBLISHED"], "WITHDRAWN", context.now, reason)))
      throw await stateNow(em, report);
    return { state: "WITHDRAWN", reason };
  });
  return reportNamed(context, "id", id);
};

/** Changes the report, the stored roll-ups that rest on it and the audit trail in one transaction. */
const change = async (context: Asking, report: Report, operation: string, work: (em: EntityManager) => Promise<object>): Promise<void> => {
  const { actor, name } = context.viewer!;
  const scope = rowScope(context.viewer, operation === "withdrawReport" && report.state === "DRAFT" ? "OFFICER" : "ADMIN");
  await context.session.writePatiently(scope, async (em) => {
    await changeRollups(em);
    const after = await work(em);
    await dropSetsOfSources(em, [report.no, ...(report.supersedesNo === null ? [] : [report.supersedesNo])]);
    await recordChange(em, {
      ...{ actor, actorName: name, operation, unitNo: report.unitNo, subject: report.id, at: context.now },
      ...{ before: { state: report.state }, after },
    });
  });
  context.renew();
};

const move = async (
  em: EntityManager,
  no: number,
  from: SourceState[],
  to: SourceState,
  now: Date,
  reason: string | null,
): Promise<boolean> => {
  const { rows } = await sql`
    update source set state = ${to}, state_at = ${now.toISOString()}::timestamptz, reason = ${reason}
    where id = ${no} and state = any(${from}::text[]) returning id`.execute(em.getKysely());
  return rows.length > 0;
};

/** @throws DomainError CONFLICT where a roll-up of the figures could become larger than answers can hold. */
const demandSmallSums = async (em: EntityManager, { no, id }: Report): Promise<void> => {
  const beyond = await sumBeyond(em, [no]);
  if (beyond)
    throw new DomainError("CONFLICT", `id: the report ${id} cannot be published, for with it ${beyondText(beyond)}; nothing was changed`, {
      ...{ argument: "id", measure: beyond.measure, requested: beyond.sum, maximum: MAX_COUNT },
    });
};

const notNow = ({ id }: Report, state: string): DomainError =>
  new DomainError("CONFLICT", `id: the report ${id} is ${state}; nothing was changed`);

const stateNow = async (em: EntityManager, report: Report): Promise<DomainError> => {
  const { rows } = await sql<{ state: SourceState }>`select state from source where id = ${report.no}`.execute(em.getKysely());
  return notNow(report, rows[0]?.state ?? "gone");
};
