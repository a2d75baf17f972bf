import { type CsvRow, readCsv } from "../../lib/files/csv-reader.ts";
import { isDay } from "../../lib/time/date.ts";
import { BadUserInput } from "../../lib/errors.ts";
import { wholeOf } from "../../lib/number.ts";
import { parsePeriod, type Period } from "../../lib/time/period.ts";
import { type AgencyKind, type Tier, TIERS, UNIT_KINDS } from "../../hierarchy/unit.entity.ts";
import { agencyNameOf } from "../../hierarchy/unit-text.ts";
import { fillIdentities, identityText, type Known } from "../../figures/identity.ts";
import { isInRange, MAX_COUNT, numeral } from "../../figures/int-range.ts";
import { isRolledUp, measureCode, ROLLUP_KINDS } from "../../figures/measure.ts";

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
  if (figure.value === null && figure.low === null && figure.high === null) throw file.fail("value", "is empty, and so are low and high");
  if (file.get("quote") === "") throw file.fail("quote", "must be the words that state the figure");
  checkSize(file, figure);
  const isCount =
    isRolledUp(figure.measure) ||
    figure.measure.startsWith("service.procedures") ||
    figure.measure === "ranking.count" ||
    figure.measure.startsWith("commendation.");
  if (isCount && figure.value !== null && (figure.value < 0 || !Number.isInteger(figure.value))) throw file.fail("value", "is no count");
  if (figure.denominator !== null && !(Number.isInteger(figure.denominator) && figure.denominator >= 0))
    throw file.fail("qualifier", "has a denominator that is no count");
  if (figure.denominator !== null && (figure.value ?? 0) > figure.denominator)
    throw file.fail("value", `is more than its denominator ${figure.denominator}`);
  if (
    figure.measure.endsWith("-rate") &&
    [figure.value, figure.low, figure.high].some((share) => share !== null && (share < 0 || share > 1))
  )
    throw file.fail("value", "is no share, 0..1");
  if (figure.qualifiers["kind"] !== undefined && !(UNIT_KINDS as readonly string[]).includes(figure.qualifiers["kind"]))
    throw file.fail("qualifier", `has a kind that is none of ${UNIT_KINDS.join(", ")}`);
};

const SIZED_QUALIFIERS = ["rank", "of", "ranked"] as const;

/** Refuses numbers that answers cannot hold. */
const checkSize = (file: FigureFile, figure: Omit<StatedFigure, "file">): void => {
  const tooLarge = `is more than an answer holds; must be at most ${numeral(MAX_COUNT)} of ${figure.measure}`;
  for (const column of ["value", "low", "high"] as const) if (!isInRange(figure[column] ?? 0)) throw file.fail(column, tooLarge);
  for (const name of SIZED_QUALIFIERS)
    if (!isInRange(Number(figure.qualifiers[name] ?? 0))) throw file.fail("qualifier", `has a ${name} that ${tooLarge}`);
  if (!isInRange(figure.denominator ?? 0)) throw file.fail("qualifier", `has a denominator that ${tooLarge}`);
};

/** @throws FileError for a report that contradicts itself. */
const checkIdentities = (figures: readonly StatedFigure[]): void => {
  const groups = Map.groupBy(figures, ({ report, unitCode, agency, period, scope }) =>
    JSON.stringify([report, unitCode, agency, period.name, scope]),
  );
  for (const group of groups.values()) {
    for (const kind of ROLLUP_KINDS) {
      const numbers: Known = new Map();
      const rows = new Map<string, StatedFigure>();
      for (const { name } of kind.measures) {
        const stated = group.filter(({ measure, value }) => measure === measureCode(kind, name) && value !== null);
        const other = stated.find(({ value }) => value !== stated[0]!.value);
        if (other)
          throw other.file.fail("value", `contradicts row ${stated[0]!.file.row} of the same report, which states ${stated[0]!.value}`);
        if (!stated[0]) continue;
        numbers.set(name, stated[0].value!);
        rows.set(name, stated[0]);
      }
      const broken = fillIdentities(numbers, kind.identities);
      if (!broken) {
        for (const [name, value] of numbers)
          if (!isInRange(value))
            throw [...rows.values()]
              .at(-1)!
              .file.fail("value", `makes ${measureCode(kind, name)} ${numeral(value)}, more than ${numeral(MAX_COUNT)}`);
        continue;
      }
      const names = [...broken.identity.left, ...broken.identity.right];
      const { file } = names.map((name) => rows.get(name)).findLast((row) => row !== undefined) ?? [...rows.values()].at(-1)!;
      throw file.fail("value", `contradicts the identity ${identityText(broken.identity)} (${broken.numbers})`);
    }
  }
};
