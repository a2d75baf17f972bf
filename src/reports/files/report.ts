import { type CsvRow, readCsv } from "../../lib/files/csv-reader.ts";
import { isDay } from "../../lib/time/date.ts";
import { BadUserInput } from "../../lib/errors.ts";
import { wholeOf } from "../../lib/number.ts";
import { parsePeriod, type Period } from "../../lib/time/period.ts";
import { type AgencyKind, type Tier, TIERS, UNIT_KINDS } from "../../hierarchy/unit.entity.ts";
import { agencyNameOf } from "../../hierarchy/unit-text.ts";
import { groupFaults, numberFaults } from "../../figures/figure-check.ts";
import { isInRange, MAX_COUNT, numeral } from "../../figures/int-range.ts";
import { isRolledUp } from "../../figures/measure.ts";

const SOURCE_COLUMNS = ["report", "title", "unit_code", "published_on", "note"] as const;
const FIGURE_COLUMNS = ["report", "unit_code", "period", "scope", "measure", "qualifier", "value", "low", "high", "quote"] as const;
export type SourceFile = CsvRow<(typeof SOURCE_COLUMNS)[number]>;
export type FigureFile = CsvRow<(typeof FIGURE_COLUMNS)[number]>;

/** A figure as a row of a report states it; `agency` where it is that of an agency of the unit. */
export interface StatedFigure {
  readonly file: FigureFile;
  readonly report: string;
  readonly unitCode: string;
  readonly agency: { readonly kind: AgencyKind; readonly name: string } | null;
  readonly period: Period;
  readonly scope: Tier | null;
  readonly measure: string;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly denominator: number | null;
  readonly qualifiers: Readonly<Record<string, string>>;
}

/** The kind of the agencies in each block. */
const AGENCY_KIND_OF_BLOCK: Readonly<Record<string, AgencyKind>> = {
  CENTRAL_AGENCIES: "CENTRAL_AGENCY",
  VERTICAL_AGENCIES: "VERTICAL_AGENCY",
  DEPARTMENTS: "DEPARTMENT",
  DIVISIONS: "DIVISION",
};

/** Reads and checks sources.csv and figures.csv. @throws FileError naming file, row and column, or the broken identity. */
export const readReports = async (folder: URL): Promise<{ sources: SourceFile[]; figures: StatedFigure[] }> => {
  const sources = await readCsv(new URL("sources.csv", folder), SOURCE_COLUMNS);
  const reports = new Set(sources.map((source) => source.get("report")));
  for (const source of sources)
    if (source.get("published_on") !== "" && !isDay(source.get("published_on")))
      throw source.fail("published_on", "is not a day YYYY-MM-DD");
  const figures = (await readCsv(new URL("figures.csv", folder), FIGURE_COLUMNS)).map(figureOf);
  for (const { file, report } of figures) if (!reports.has(report)) throw file.fail("report", "is no report of sources.csv");
  checkIdentities(figures);
  return { sources, figures };
};

const figureOf = (file: FigureFile): StatedFigure => {
  const qualifiers = qualifiersOf(file);
  const { agency, of, ...rest } = qualifiers;
  const kind = AGENCY_KIND_OF_BLOCK[qualifiers["block"] ?? ""] ?? (qualifiers["kind"] as AgencyKind | undefined);
  if (agency !== undefined && !kind) throw file.fail("qualifier", "names an agency, but no block or kind that tells what it is");
  const strange = agency === undefined ? null : agencyNameOf(agency);
  if (strange !== null) throw file.fail("qualifier", `names an agency whose name is not accepted: ${strange}`);
  // A rank is of so many members; only a count has a denominator.
  const isCount = isRolledUp(file.get("measure")) || file.get("measure").startsWith("survey.");
  const figure = {
    file,
    report: file.get("report"),
    unitCode: file.get("unit_code"),
    agency: agency === undefined ? null : { kind: kind!, name: agency },
    period: periodOf(file),
    scope: scopeOf(file),
    measure: file.get("measure"),
    value: numberOf(file, "value"),
    low: numberOf(file, "low"),
    high: numberOf(file, "high"),
    denominator: isCount && of !== undefined ? (wholeOf(of) ?? Number.NaN) : null,
    qualifiers: isCount || of === undefined ? rest : { ...rest, of },
  };
  checkFigure(file, figure);
  return figure;
};

const qualifiersOf = (file: FigureFile): Record<string, string> =>
  Object.fromEntries(
    file
      .get("qualifier")
      .split(";")
      .filter((part) => part !== "")
      .map((part) => {
        const at = part.indexOf("=");
        if (at < 1) throw file.fail("qualifier", "is not of the form name=value;name=value");
        return [part.slice(0, at), part.slice(at + 1)];
      }),
  );

const periodOf = (file: FigureFile): Period => {
  try {
    return parsePeriod("period", file.get("period"));
  } catch (error) {
    if (error instanceof BadUserInput) throw file.fail("period", error.message);
    throw error;
  }
};

const scopeOf = (file: FigureFile): Tier | null => {
  const scope = file.get("scope");
  if (scope !== "" && !(TIERS as readonly string[]).includes(scope)) throw file.fail("scope", `is none of ${TIERS.join(", ")}`);
  return scope === "" ? null : (scope as Tier);
};

const numberOf = (file: FigureFile, column: "value" | "low" | "high"): number | null => {
  const text = file.get(column);
  if (text === "") return null;
  if (!/^-?\d{1,12}(\.\d{1,6})?$/.test(text)) throw file.fail(column, "is not a number such as 1396 or 0.687");
  return Number(text);
};

const checkFigure = (file: FigureFile, figure: Omit<StatedFigure, "file">): void => {
  if (!/^[a-z]+(\.[a-z0-9]+(-[a-z0-9]+)*)+$/.test(figure.measure)) throw file.fail("measure", "is not a code such as dossier.received");
  if (file.get("quote") === "") throw file.fail("quote", "must be the words that state the figure");
  const [fault] = numberFaults(figure);
  if (fault?.field === "denominator") throw file.fail("qualifier", `has a denominator that ${fault.text}`);
  if (fault) throw file.fail(fault.field, `${fault.text}, for ${figure.measure}`);
  for (const name of ["rank", "of", "ranked"])
    if (!isInRange(Number(figure.qualifiers[name] ?? 0)))
      throw file.fail("qualifier", `has a ${name} that must be at most ${numeral(MAX_COUNT)}`);
  if (figure.qualifiers["kind"] !== undefined && !(UNIT_KINDS as readonly string[]).includes(figure.qualifiers["kind"]))
    throw file.fail("qualifier", `has a kind that is none of ${UNIT_KINDS.join(", ")}`);
};

/** @throws FileError for a report that contradicts itself. */
const checkIdentities = (figures: readonly StatedFigure[]): void => {
  const groups = Map.groupBy(figures, ({ report, unitCode, agency, period, scope }) =>
    JSON.stringify([report, unitCode, agency, period.name, scope]),
  );
  for (const group of groups.values()) {
    const [fault] = groupFaults(group);
    if (!fault) continue;
    const { figure, first, text } = fault;
    throw figure.file.fail("value", first ? `${text}; row ${first.file.row} of the same report states ${first.file.get("value")}` : text);
  }
};
