import { BadUserInput } from "../lib/errors.ts";
import { DOSSIER, type RollupKind, SERVICE, TASK } from "../figures/measure.ts";

export type Direction = "HIGHER_IS_BETTER" | "LOWER_IS_BETTER";

export interface Indicator {
  readonly code: string;
  readonly name: string;
  readonly nameEn: string;
  readonly formula: string;
  readonly direction: Direction;
  /** The rate of a roll-up; null for satisfaction, which belongs to a unit alone. */
  readonly rate: { readonly kind: RollupKind; readonly name: string } | null;
}

export const INDICATORS: readonly Indicator[] = [
  {
    code: "dossier-on-time",
    name: "Tỷ lệ hồ sơ giải quyết trước và đúng hạn",
    nameEn: "Dossiers resolved in time",
    formula: "(resolved early + resolved on time) / resolved",
    direction: "HIGHER_IS_BETTER",
    rate: { kind: DOSSIER, name: "onTimeRate" },
  },
  {
    code: "dossier-on-time-handled",
    name: "Tỷ lệ hồ sơ xử lý trước hạn, đúng hạn (chỉ số 2.1, Quyết định 766/QĐ-TTg)",
    nameEn: "Dossiers handled in time (indicator 2.1 of Decision 766/QĐ-TTg)",
    formula: "(resolved early + resolved on time + in process and not yet due) / (received + carried over)",
    direction: "HIGHER_IS_BETTER",
    rate: { kind: DOSSIER, name: "onTimeHandledRate" },
  },
  {
    code: "dossier-online",
    name: "Tỷ lệ hồ sơ tiếp nhận trực tuyến",
    nameEn: "Dossiers received online",
    formula: "received online / received",
    direction: "HIGHER_IS_BETTER",
    rate: { kind: DOSSIER, name: "onlineRate" },
  },
  {
    code: "dossier-overdue",
    name: "Tỷ lệ hồ sơ quá hạn",
    nameEn: "Dossiers overdue",
    formula: "(resolved overdue + in process and overdue) / (received + carried over)",
    direction: "LOWER_IS_BETTER",
    rate: { kind: DOSSIER, name: "overdueRate" },
  },
  {
    code: "task-on-time",
    name: "Tỷ lệ nhiệm vụ đúng hạn",
    nameEn: "Tasks on time",
    formula: "(completed on time + running and not yet due) / tasks with a deadline",
    direction: "HIGHER_IS_BETTER",
    rate: { kind: TASK, name: "onTimeRate" },
  },
  {
    code: "service-online",
    name: "Tỷ lệ thủ tục hành chính cung cấp trực tuyến",
    nameEn: "Procedures offered online",
    formula: "online services (else level 3 + level 4) / procedures",
    direction: "HIGHER_IS_BETTER",
    rate: { kind: SERVICE, name: "onlineRate" },
  },
  {
    code: "service-used-online",
    name: "Tỷ lệ dịch vụ công trực tuyến có phát sinh hồ sơ",
    nameEn: "Online services in use",
    formula: "online services with at least one dossier / online services",
    direction: "HIGHER_IS_BETTER",
    rate: { kind: SERVICE, name: "usedOnlineRate" },
  },
  {
    code: "modern-desk",
    name: "Tỷ lệ đơn vị có bộ phận một cửa hiện đại",
    nameEn: "Units with a modern one-stop desk",
    formula: "units with a modern one-stop desk / units that must have a desk",
    direction: "HIGHER_IS_BETTER",
    rate: { kind: SERVICE, name: "modernDeskRate" },
  },
  {
    code: "satisfaction",
    name: "Tỷ lệ hài lòng",
    nameEn: "Satisfaction",
    formula: "satisfied / asked, over all questions of the unit's own surveys",
    direction: "HIGHER_IS_BETTER",
    rate: null,
  },
];

const byCode = new Map(INDICATORS.map((indicator) => [indicator.code, indicator]));

/** @throws RangeError for a code that no indicator has, because the caller has checked it. */
export const indicatorNamed = (code: string): Indicator => {
  const indicator = byCode.get(code);
  if (!indicator) throw new RangeError(`${code} is no indicator`);
  return indicator;
};

/** In the order of the codes; null means all. @throws BadUserInput for an unknown code. */
export const chosenIndicators = (codes: readonly string[] | null): readonly Indicator[] =>
  codes?.map((code) => {
    const indicator = byCode.get(code);
    if (!indicator) throw new BadUserInput("codes", code, `must be one of ${[...byCode.keys()].join(", ")}`);
    return indicator;
  }) ?? INDICATORS;
