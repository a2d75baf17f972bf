import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { createHash, randomUUID } from "node:crypto";
import { recordChange } from "../journal/audit.ts";
import { rowScope } from "../access/scope.ts";
import { grantsFor, type Viewer } from "../access/viewer.ts";
import { BadUserInput, DomainError } from "../lib/errors.ts";
import type { RequestContext } from "../access/request-context.ts";
import { type Day, parsePastDay } from "../lib/time/date.ts";
import { begunPeriod, parsePeriod } from "../lib/time/period.ts";
import { unitNamed } from "../units/unit.service.ts";
import { unitLoaders, type UnitView } from "../hierarchy/unit.loaders.ts";
import { contradictions, MAX_FIGURES, type PlacedFigure, type ReportProblem, problemsOfFigure } from "./report-check.ts";
import type { Report } from "./report.loaders.ts";
import { demandCovered, demandRole, demandWithin, reportNamed } from "./report.service.ts";
import { textOf } from "./report-text.ts";
import type { ReportInput } from "./report.type.ts";
import { relation } from "../database/relation.ts";

type Asking = Pick<RequestContext, "session" | "viewer" | "now" | "today" | "use" | "renew">;

/** Problems that one answer names. */
const MAX_PROBLEMS = 1000;
const IN_MESSAGE = 10;

/**
 * Keeps the report as a draft, whole or not at all. Sent again with the same key it is the report that it made before.
 * @throws BadUserInput naming each problem, DomainError FORBIDDEN outside the caller's scope, CONFLICT for another body under the key.
 */
export const submitReport = async (context: Asking, given: ReportInput, idempotencyKey: string): Promise<Report> => {
  const viewer = context.viewer!;
  if (!/^[\x21-\x7E]{1,200}$/.test(idempotencyKey))
    throw new BadUserInput("idempotencyKey", idempotencyKey, "accepted are 1 to 200 visible ASCII characters, new for each report");
  const input = cleaned(given, context.today);
  const digest = createHash("sha256").update(JSON.stringify(input)).digest("hex");
  const before = await findSent(context, viewer, idempotencyKey, digest);
  if (before !== null) return reportNamed(context, "id", before);
  const unit = await unitOfReport(context, input);
  await demandCovered(context, grantsFor(viewer, "OFFICER"), [unit]);
  const figures = await placed(context, input, unit);
  await demandWithin(context, unit, figures);
  await demandCovered(
    context,
    grantsFor(viewer, "OFFICER"),
    figures.map((figure) => figure.unit),
  );
  refuse([...figures.flatMap(problemsOfFigure), ...contradictions(figures)]);
  const corrected = input.supersedes == null ? null : await correctedBy(context, input.supersedes, unit);
  const id = randomUUID();
  const isMade = await context.session.write(rowScope(viewer, "OFFICER"), async (em) => {
    const made = await insertSource(em, { context, viewer, id, input, unit, corrected, idempotencyKey, digest });
    if (made === null) return false;
    await insertFigures(em, made, figures);
    if (corrected?.state === "DRAFT") await giveWay(em, corrected, context.now);
    await recordChange(em, {
      ...{ actor: viewer.actor, actorName: viewer.name, operation: "submitReport", unitNo: unit.no, subject: id, at: context.now },
      before: null,
      after: { state: "DRAFT", title: input.title, figures: figures.length, digest, supersedes: input.supersedes ?? null },
    });
    return true;
  });
  // Somebody else's was first with the same key.
  const kept = isMade ? id : await findSent(context, viewer, idempotencyKey, digest);
  // Sent by the same caller before, with roles on other units: nothing of it is seen here.
  if (kept === null) throw sentBefore(idempotencyKey);
  context.renew();
  return reportNamed(context, "id", kept);
};

/** The public id of what was sent under the key before. @throws DomainError CONFLICT where that was something else. */
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

const LONGEST = { title: 500, note: 2000, quote: 2000 } as const;

const cleaned = (input: ReportInput, today: Day): ReportInput => {
  if (input.figures.length === 0 || input.figures.length > MAX_FIGURES)
    throw new BadUserInput("figures", input.figures.length, `accepted are 1 to ${MAX_FIGURES} figures`);
  return {
    title: textOf("title", input.title, LONGEST.title),
    unit: input.unit,
    publishedOn: input.publishedOn == null ? null : parsePastDay("publishedOn", input.publishedOn, today),
    note: input.note == null ? null : textOf("note", input.note, LONGEST.note),
    supersedes: input.supersedes ?? null,
    figures: input.figures.map((figure, n) => ({
      unit: figure.unit ?? null,
      measure: figure.measure,
      scope: figure.scope ?? null,
      period: parsePeriod(`figures[${n}].period`, figure.period).name,
      value: figure.value ?? null,
      low: figure.low ?? null,
      high: figure.high ?? null,
      denominator: figure.denominator ?? null,
      quote: textOf(`figures[${n}].quote`, figure.quote, LONGEST.quote),
    })),
  };
};

/** The unit that a report speaks of is the holder of the code on the last day of its latest period. */
const unitOfReport = (context: Pick<RequestContext, "use">, { unit, figures }: ReportInput): Promise<UnitView> => {
  const last = figures
    .map(({ period }) => parsePeriod("period", period).to)
    .toSorted()
    .at(-1)!;
  return unitNamed(context.use(unitLoaders), "unit", unit, last);
};

const placed = (context: Pick<RequestContext, "today" | "use">, { figures }: ReportInput, unit: UnitView): Promise<PlacedFigure[]> =>
  Promise.all(
    figures.map(async (input, position) => {
      const period = begunPeriod(`figures[${position}].period`, input.period, context.today);
      const argument = `figures[${position}].unit`;
      return { position, input, period, unit: await unitNamed(context.use(unitLoaders), argument, input.unit ?? unit.id, period.to) };
    }),
  );

const refuse = (problems: readonly ReportProblem[]): void => {
  if (problems.length === 0) return;
  const shown = problems.slice(0, IN_MESSAGE).map(({ message }) => message);
  const rest = problems.length > IN_MESSAGE ? [`and ${problems.length - IN_MESSAGE} more`] : [];
  throw new DomainError("BAD_USER_INPUT", [...shown, ...rest].join("\n"), {
    argument: problems[0]!.argument,
    problems: problems.slice(0, MAX_PROBLEMS),
  });
};

/** @throws DomainError unless it is a draft or published report of the same unit that the caller may correct. */
const correctedBy = async (context: Asking, id: string, unit: UnitView): Promise<Report> => {
  const report = await reportNamed(context, "supersedes", id);
  await demandRole(context, report, "OFFICER");
  if (report.unitNo !== unit.no) throw new BadUserInput("supersedes", id, "accepted is a report of the same unit");
  if (report.state !== "DRAFT" && report.state !== "PUBLISHED")
    throw new DomainError("CONFLICT", `supersedes: the report ${id} is ${report.state}; accepted is a draft or a published one`);
  return report;
};

interface NewSource {
  readonly context: Asking;
  readonly viewer: Viewer;
  readonly id: string;
  readonly input: ReportInput;
  readonly unit: UnitView;
  readonly corrected: Report | null;
  readonly idempotencyKey: string;
  readonly digest: string;
}

/** Its number; null where the same caller's report of this key is there already. */
const insertSource = async (em: EntityManager, source: NewSource): Promise<number | null> => {
  const { context, viewer, id, input, unit, corrected, idempotencyKey, digest } = source;
  // The correction of a draft corrects what the draft did.
  const supersedes = corrected?.state === "DRAFT" ? corrected.supersedesNo : (corrected?.no ?? null);
  const { rows } = await sql<{ id: number }>`
    insert into source (key, kind, title, unit_id, published_on, note, state, supersedes_id, submitted_at, state_at, submitted_by, idempotency_key, digest)
    values (${id}, 'REPORT', ${input.title}, ${unit.no}, ${input.publishedOn}::date, ${input.note}, 'DRAFT', ${supersedes}::int,
      ${context.now.toISOString()}::timestamptz, ${context.now.toISOString()}::timestamptz, ${viewer.actor}, ${idempotencyKey}, ${digest})
    on conflict (submitted_by, idempotency_key) do nothing returning id`.execute(em.getKysely());
  return rows[0]?.id ?? null;
};

const insertFigures = async (em: EntityManager, sourceId: number, figures: readonly PlacedFigure[]): Promise<void> => {
  const numbers = (field: "value" | "low" | "high" | "denominator") => figures.map(({ input }) => input[field] ?? null);
  await sql`
    insert into figure (source_id, position, unit_id, scope, period_from, period_to, measure, value, low, high, denominator, qualifiers, quote)
    select ${sourceId}, f.*, '{}'::jsonb, q.quote from unnest(${figures.map(({ position }) => position)}::int[], ${figures.map(({ unit }) => unit.no)}::int[],
      ${figures.map(({ input }) => input.scope ?? null)}::text[], ${figures.map(({ period }) => period.from)}::date[],
      ${figures.map(({ period }) => period.to)}::date[], ${figures.map(({ input }) => input.measure)}::text[], ${numbers("value")}::float8[],
      ${numbers("low")}::float8[], ${numbers("high")}::float8[], ${numbers("denominator")}::float8[])
      f(position, unit_id, scope, period_from, period_to, measure, value, low, high, denominator)
    join ${relation("q", figures, { position: ["int", ({ position }) => position], quote: ["text", ({ input }) => input.quote] })}
      on q.position = f.position`.execute(em.getKysely());
};

/** The draft that was corrected counts no more. @throws DomainError CONFLICT where it is no draft any more. */
const giveWay = async (em: EntityManager, { no, id }: Report, now: Date): Promise<void> => {
  const { rows } = await sql`
    update source set state = 'SUPERSEDED', state_at = ${now.toISOString()}::timestamptz where id = ${no} and state = 'DRAFT' returning id`.execute(
    em.getKysely(),
  );
  if (rows.length === 0) throw new DomainError("CONFLICT", `supersedes: the report ${id} has changed meanwhile; nothing was changed`);
};
