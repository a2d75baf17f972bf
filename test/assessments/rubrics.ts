import type { TestService } from "../support/client.ts";

/** A rubric of a province for its communes: two domains, of which the second has leaves of each scoring. */
export const rubricInput = (over: Readonly<Record<string, unknown>> = {}) => ({
  ...{ organiser: "04", index: "PAR", block: "COMMUNES", blockName: "Khối xã, phường", year: 2026, name: "Bộ tiêu chí cấp xã" },
  ...{ maxScore: 100, bonusMax: 2, penaltyMax: 5 },
  bands: [
    { classification: "YEU", to: 50 },
    { classification: "KHA", from: 50, to: 80 },
    { classification: "TOT", from: 80 },
  ],
  criteria: [
    { code: "1", name: "Chỉ đạo điều hành", maxScore: 40.5 },
    { code: "1.1", name: "Kế hoạch", maxScore: 10.25, scoring: "MANUAL", evidenceRequired: true, scale: "Ban hành kịp thời: 10.25" },
    { code: "1.2", name: "Tuyên truyền", maxScore: 30.25, scoring: "MANUAL" },
    { code: "2", name: "Thủ tục hành chính", maxScore: 59.5 },
    {
      ...{ code: "2.1", name: "Hồ sơ đúng hạn", maxScore: 39.5, scoring: "INDICATOR", indicator: "dossier-on-time" },
      steps: [
        { from: 0.5, points: 10 },
        { from: 0.9, points: 39.5, shape: "LINEAR" },
      ],
    },
    {
      code: "2.2",
      name: "Hài lòng",
      maxScore: 20,
      scoring: "SURVEY",
      steps: [
        { from: 0, points: 0, shape: "LINEAR" },
        { from: 1, points: 20 },
      ],
    },
  ],
  ...over,
});

export type RubricContent = ReturnType<typeof rubricInput>;

/** With the criterion of the code changed. */
export const withCriterion = (code: string, change: Readonly<Record<string, unknown>>) => {
  const { criteria } = rubricInput();
  return { criteria: criteria.map((one) => (one.code === code ? { ...one, ...change } : one)) };
};

const CRITERION =
  "id code name maxScore scale scoring indicator { code } steps { from points shape } appraiser { code } evidenceRequired parent { code }";
export const RUBRIC = `id organiser { code } index block { code name } year version name maxScore bonusMax penaltyMax state bands { classification { code } from to }
  domains { ${CRITERION} children { ${CRITERION} children { code } } }`;
const PROBLEMS = "problems { path code message }";

export interface SeenRubric {
  readonly id: string;
  readonly version: number;
  readonly state: string;
  readonly domains: readonly { readonly code: string; readonly children: readonly { readonly code: string }[] }[];
}
interface RubricPayload {
  readonly rubric: SeenRubric | null;
  readonly problems: readonly { readonly path: readonly string[]; readonly code: string; readonly message: string }[];
}

export const changeRubric = async (service: TestService, mutation: string, input: object, bearer?: string) => {
  const type = mutation === "publishRubric" ? "RubricIdInput" : mutation === "reviseRubric" ? "ReviseRubricInput" : "RubricInput";
  const text = `mutation ($input: ${type}!) { ${mutation}(input: $input) { rubric { ${RUBRIC} } ${PROBLEMS} } }`;
  const { data, errors } = await service.ask<Record<string, RubricPayload> | null, object>(text, { input }, bearer);
  return { payload: data?.[mutation] ?? null, code: errors?.[0]?.extensions["code"], message: errors?.[0]?.message };
};
