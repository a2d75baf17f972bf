import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { ensureAgency } from "../../hierarchy/agency.service.ts";
import { changeRollups } from "../../hierarchy/rollup-version.store.ts";
import { dropAllSets } from "../../rollups/invalidate.ts";
import { AGENCY_KINDS, type AgencyKind, type Tier, TIERS } from "../../hierarchy/unit.entity.ts";
import { beyondText, sumBeyond } from "../../figures/sum-limit.store.ts";
import type { FigureFile, SourceFile, StatedFigure } from "./report.ts";
import { validOn } from "../../hierarchy/sql.ts";
import { relation } from "../../database/relation.ts";

interface Holder {
  readonly id: number;
  readonly tier: Tier | null;
}

/** Stores reports with their figures; agencies that they name become units. @throws FileError for a code that no unit has. */
export const loadReports = async (
  em: EntityManager,
  { sources, figures }: { sources: readonly SourceFile[]; figures: readonly StatedFigure[] },
) => {
  const holders = await holdersOf(em, sources, figures);
  const sourceIds = await insertSources(em, sources, holders);
  const rows: { sourceId: number; position: number; unitId: number; figure: StatedFigure }[] = [];
  for (const [position, figure] of figures.entries())
    rows.push({ sourceId: sourceIds.get(figure.report)!, position, unitId: await statingUnit(em, figure, holders), figure });
  await sql`
    insert into figure (source_id, position, unit_id, scope, period_from, period_to, measure, value, low, high, denominator, qualifiers, quote)
    select * from ${relation("n", rows, {
      source_id: ["int", ({ sourceId }) => sourceId],
      position: ["int", ({ position }) => position],
      unit_id: ["int", ({ unitId }) => unitId],
      scope: ["text", ({ figure }) => figure.scope],
      period_from: ["date", ({ figure }) => figure.period.from],
      period_to: ["date", ({ figure }) => figure.period.to],
      measure: ["text", ({ figure }) => figure.measure],
      value: ["float8", ({ figure }) => figure.value],
      low: ["float8", ({ figure }) => figure.low],
      high: ["float8", ({ figure }) => figure.high],
      denominator: ["float8", ({ figure }) => figure.denominator],
      qualifiers: ["jsonb", ({ figure }) => JSON.stringify(figure.qualifiers)],
      quote: ["text", ({ figure }) => figure.file.get("quote")],
    })}`.execute(em.getKysely());
  const beyond = await sumBeyond(em, [...sourceIds.values()]);
  if (beyond) {
    const isMeant = ({ measure, period }: StatedFigure) =>
      measure === beyond.measure && Number(period.to.slice(0, 4)) === Number(beyond.year);
    throw (figures.findLast(isMeant) ?? figures.at(-1)!).file.fail("value", `is too much with what else is stated: ${beyondText(beyond)}`);
  }
  await changeRollups(em);
  await dropAllSets(em);
  await sql`analyze source, figure`.execute(em.getKysely());
};

/** Returns the holder of each code on the last day of the figure's period, and that of a report's own unit on the last day of its latest period. */
const holdersOf = async (
  em: EntityManager,
  sources: readonly SourceFile[],
  figures: readonly StatedFigure[],
): Promise<Map<string, Holder>> => {
  const lastDay = (report: string) =>
    figures
      .filter((figure) => figure.report === report)
      .map(({ period }) => period.to)
      .toSorted()
      .at(-1) ?? null;
  const asked = [
    ...figures.map(({ file, unitCode, period }) => ({ file, code: unitCode, day: period.to })),
    ...sources.map((file) => ({ file, code: file.get("unit_code"), day: lastDay(file.get("report")) })),
  ];
  const { rows } = await sql<Holder & { code: string; day: string }>`
    select k.code, k.day, v.unit_id as id, v.tier
    from (select distinct * from ${relation("k", asked, { code: ["text", ({ code }) => code], day: ["date", ({ day }) => day] })}) k
    join unit_version v on v.code = k.code and ${validOn(sql`k.day`)}`.execute(em.getKysely());
  const holders = new Map(rows.map(({ code, day, id, tier }) => [`${code}@${day}`, { id, tier }]));
  for (const { file, code, day } of asked)
    if (!holders.has(`${code}@${day}`))
      throw (file as FigureFile).fail("unit_code", `is held by no unit on ${day ?? "any day, for the report has no figure"}`);
  for (const source of sources)
    holders.set(source.get("report"), holders.get(`${source.get("unit_code")}@${lastDay(source.get("report"))}`)!);
  return holders;
};

const insertSources = async (
  em: EntityManager,
  sources: readonly SourceFile[],
  holders: ReadonlyMap<string, Holder>,
): Promise<Map<string, number>> => {
  const text = (column: "report" | "title" | "published_on" | "note") => (source: SourceFile) => source.get(column) || null;
  const { rows } = await sql<{ id: number; key: string }>`
    insert into source (key, kind, title, unit_id, published_on, note)
    select key, 'REPORT', title, unit_id, published_on, note from ${relation("s", sources, {
      key: ["text", text("report")],
      title: ["text", text("title")],
      unit_id: ["int", (source) => holders.get(source.get("report"))!.id],
      published_on: ["date", text("published_on")],
      note: ["text", text("note")],
    })} returning id, key`.execute(em.getKysely());
  return new Map(rows.map(({ id, key }) => [key, id]));
};

/** Returns the unit of the figure; creates an agency that it names, or whose procedures it counts. */
const statingUnit = async (em: EntityManager, figure: StatedFigure, holders: ReadonlyMap<string, Holder>): Promise<number> => {
  const { id, tier } = holders.get(`${figure.unitCode}@${figure.period.to}`)!;
  if (figure.scope !== null && tier !== null && TIERS.indexOf(figure.scope) < TIERS.indexOf(tier))
    throw figure.file.fail("scope", `lies above the unit's own tier, ${tier}`);
  if (figure.agency) return ensureAgency(em, id, figure.agency.kind, figure.agency.name);
  const { kind, name } = figure.qualifiers;
  if (kind && name && (AGENCY_KINDS as readonly string[]).includes(kind)) await ensureAgency(em, id, kind as AgencyKind, name);
  return id;
};
