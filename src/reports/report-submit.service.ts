import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { createHash, randomUUID } from "node:crypto";
import { recordChange } from "../journal/audit.ts";
import { rowScope } from "../access/scope.ts";
import type { Viewer } from "../access/viewer.ts";
import { DomainError } from "../lib/errors.ts";
import type { RequestContext } from "../access/request-context.ts";
import type { PlacedFigure } from "./report-check.ts";
import { cleanReport, type ReportDraft, draftOf } from "./report-draft.service.ts";
import type { SubmitReportInput } from "./report-mutation.type.ts";
import { type ReportProblem, ReportProblems } from "./report-problem.ts";
import type { Report } from "./report.loaders.ts";
import { reportNamed } from "./report.service.ts";
import { relation } from "../database/relation.ts";

type Asking = Pick<RequestContext, "session" | "hierarchy" | "viewer" | "now" | "today" | "use" | "renew">;

/** The most problems that one answer names. */
const MAX_PROBLEMS = 1000;

/** The stored draft, or what is wrong with it. */
export interface Submission {
  readonly report: Report | null;
  readonly problems: readonly ReportProblem[];
}

/**
 * Stores the report as a draft, whole or not at all. Sent again with the same key it returns the report that it stored before.
 * @throws DomainError FORBIDDEN outside the caller's scope, CONFLICT for another report under the key, NOT_FOUND or CONFLICT for what it corrects.
 */
export const submitReport = async (context: Asking, given: SubmitReportInput): Promise<Submission> => {
  const { idempotencyKey } = given;
  const problems = new ReportProblems();
  const refusal = () => ({ report: null, problems: problems.list.slice(0, MAX_PROBLEMS) });
  const input = cleanReport(given, context.today, problems);
  if (!input) return refusal();
  const digest = createHash("sha256").update(JSON.stringify(input)).digest("hex");
  const before = await findSent(context, context.viewer!, idempotencyKey, digest);
  if (before !== null) return { report: await reportNamed(context, "id", before), problems: [] };
  const draft = await draftOf(context, input, problems);
  if (!draft) return refusal();
  return { report: await store(context, { ...draft, idempotencyKey, digest }), problems: [] };
};

interface KeyedDraft extends ReportDraft {
  readonly idempotencyKey: string;
  readonly digest: string;
}

/** @throws DomainError CONFLICT where another report came first with the same key. */
const store = async (context: Asking, draft: KeyedDraft): Promise<Report> => {
  const viewer = context.viewer!;
  const { unit, figures, corrected, idempotencyKey, digest } = draft;
  const id = randomUUID();
  const isNew = await context.session.write(rowScope(viewer, "OFFICER"), async (em) => {
    const made = await insertSource(em, { ...draft, id, viewer, now: context.now });
    if (made === null) return false;
    await insertFigures(em, made, figures);
    if (corrected?.state === "DRAFT") await supersedeDraft(em, corrected, context.now);
    await recordChange(em, {
      ...{ actor: viewer.actor, actorName: viewer.name, operation: "submitReport", unitNo: unit.no, subject: id, at: context.now },
      before: null,
      after: { state: "DRAFT", title: draft.input.title, figures: figures.length, digest, supersedes: draft.input.supersedes ?? null },
    });
    return true;
  });
  const stored = isNew ? id : await findSent(context, viewer, idempotencyKey, digest);
  // The same caller sent it with roles on other units, and cannot see it here.
  if (stored === null) throw sentBefore(idempotencyKey);
  context.renew();
  return reportNamed(context, "id", stored);
};

/** Returns the public id of the report that the caller sent under the key before. @throws DomainError CONFLICT where that was another report. */
const findSent = async (
  { session }: Pick<RequestContext, "session">,
  viewer: Viewer,
  idempotencyKey: string,
  digest: string,
): Promise<string | null> => {
  const [sent] = await session.scoped(rowScope(viewer)).rows(
    sql<{
      key: string;
      digest: string;
    }>`select key, digest from source where submitted_by = ${viewer.actor} and idempotency_key = ${idempotencyKey}`,
  );
  if (sent && sent.digest !== digest) throw sentBefore(idempotencyKey);
  return sent?.key ?? null;
};

const sentBefore = (idempotencyKey: string): DomainError =>
  new DomainError("CONFLICT", `idempotencyKey: another report was sent under ${JSON.stringify(idempotencyKey)} before`, {
    argument: "idempotencyKey",
  });

interface NewSource extends KeyedDraft {
  readonly id: string;
  readonly viewer: Viewer;
  readonly now: Date;
}

/** Returns the number of the new source; null where the caller has sent a report under this key before. */
const insertSource = async (em: EntityManager, source: NewSource): Promise<number | null> => {
  const { now, viewer, id, input, unit, corrected, idempotencyKey, digest } = source;
  // The correction of a draft corrects the report that the draft corrected.
  const supersedes = corrected?.state === "DRAFT" ? corrected.supersedesNo : (corrected?.no ?? null);
  const { rows } = await sql<{ id: number }>`
    insert into source (key, kind, title, unit_id, published_on, note, state, supersedes_id, submitted_at, state_at, submitted_by, idempotency_key, digest)
    values (${id}, 'REPORT', ${input.title}, ${unit.no}, ${input.publishedOn}::date, ${input.note}, 'DRAFT', ${supersedes}::int,
      ${now.toISOString()}::timestamptz, ${now.toISOString()}::timestamptz, ${viewer.actor}, ${idempotencyKey}, ${digest})
    on conflict (submitted_by, idempotency_key) do nothing returning id`.execute(em.getKysely());
  return rows[0]?.id ?? null;
};

const insertFigures = async (em: EntityManager, sourceId: number, figures: readonly PlacedFigure[]): Promise<void> => {
  await sql`
    insert into figure (source_id, position, unit_id, scope, period_from, period_to, measure, value, low, high, denominator, quote, qualifiers)
    select ${sourceId}, f.*, '{}'::jsonb from ${relation("f", figures, {
      position: ["int", ({ position }) => position],
      unit_id: ["int", ({ unit }) => unit.no],
      scope: ["text", ({ input }) => input.scope ?? null],
      period_from: ["date", ({ period }) => period.from],
      period_to: ["date", ({ period }) => period.to],
      measure: ["text", ({ input }) => input.measure],
      value: ["float8", ({ input }) => input.value ?? null],
      low: ["float8", ({ input }) => input.low ?? null],
      high: ["float8", ({ input }) => input.high ?? null],
      denominator: ["float8", ({ input }) => input.denominator ?? null],
      quote: ["text", ({ input }) => input.quote],
    })}`.execute(em.getKysely());
};

/** Supersedes a draft. @throws DomainError CONFLICT where it is no draft any more. */
const supersedeDraft = async (em: EntityManager, { no, id }: Report, now: Date): Promise<void> => {
  const { rows } = await sql`
    update source set state = 'SUPERSEDED', state_at = ${now.toISOString()}::timestamptz where id = ${no} and state = 'DRAFT' returning id`.execute(
    em.getKysely(),
  );
  if (rows.length === 0) throw new DomainError("CONFLICT", `supersedes: the report ${id} has changed meanwhile; nothing was changed`);
};
