import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { ensureAgency } from "../../hierarchy/agency.service.ts";
import { changeRollups } from "../../hierarchy/rollup-version.store.ts";
import { dropAllSets } from "../../rollups/invalidate.ts";
import { AGENCY_KINDS, type AgencyKind, type Tier, TIERS } from "../../hierarchy/unit.entity.ts";
import { beyondText, sumBeyond } from "../../figures/sum-limit.store.ts";
import type { FigureFile, SourceFile, StatedFigure } from "./report.ts";
import { validOn } from "../../hierarchy/sql.ts";

interface Holder {
  readonly id: number;
  readonly tier: Tier | null;
}

/** Stores reports with their figures; agencies that they name become units. @throws FileError for a code that nobody holds. */
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
    select * from unnest(${rows.map(({ sourceId }) => sourceId)}::int[], ${rows.map(({ position }) => position)}::int[],
      ${rows.map(({ unitId }) => unitId)}::int[], ${rows.map(({ figure }) => figure.scope)}::text[],
      ${rows.map(({ figure }) => figure.period.from)}::date[], ${rows.map(({ figure }) => figure.period.to)}::date[],
      ${rows.map(({ figure }) => figure.measure)}::text[], ${rows.map(({ figure }) => figure.value)}::float8[],
      ${rows.map(({ figure }) => figure.low)}::float8[], ${rows.map(({ figure }) => figure.high)}::float8[],
      ${rows.map(({ figure }) => figure.denominator)}::float8[], ${rows.map(({ figure }) => JSON.stringify(figure.qualifiers))}::jsonb[],
      ${rows.map(({ figure }) => figure.file.get("quote"))}::text[])`.execute(em.getKysely());
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

/** Who holds each code on the last day of the figure's period; a report's own unit on the day of its last figure. */
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
    from (select distinct * from unnest(${asked.map(({ code }) => code)}::text[], ${asked.map(({ day }) => day)}::date[]) k(code, day)) k
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
  const text = (column: "report" | "title" | "published_on" | "note") => sources.map((source) => source.get(column) || null);
  const { rows } = await sql<{ id: number; key: string }>`
    insert into source (key, kind, title, unit_id, published_on, note)
    select key, 'REPORT', title, unit_id, published_on, note from unnest(${text("report")}::text[], ${text("title")}::text[],
      ${sources.map((source) => holders.get(source.get("report"))!.id)}::int[], ${text("published_on")}::date[], ${text("note")}::text[])
      s(key, title, unit_id, published_on, note) returning id, key`.execute(em.getKysely());
  return new Map(rows.map(({ id, key }) => [key, id]));
};

/** The unit that the figure is of; an agency that it names, or whose procedures it counts, exists from then on. */
const statingUnit = async (em: EntityManager, figure: StatedFigure, holders: ReadonlyMap<string, Holder>): Promise<number> => {
  const { id, tier } = holders.get(`${figure.unitCode}@${figure.period.to}`)!;
  if (figure.scope !== null && tier !== null && TIERS.indexOf(figure.scope) < TIERS.indexOf(tier))
    throw figure.file.fail("scope", `lies above the unit's own tier, ${tier}`);
  if (figure.agency) return ensureAgency(em, id, figure.agency.kind, figure.agency.name);
  const { kind, name } = figure.qualifiers;
  if (kind && name && (AGENCY_KINDS as readonly string[]).includes(kind)) await ensureAgency(em, id, kind as AgencyKind, name);
  return id;
};
