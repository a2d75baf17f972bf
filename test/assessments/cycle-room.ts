import { type Answer, startService, type TestService } from "../support/client.ts";
import { issueKey } from "../support/key.ts";
import { rubricInput } from "./rubrics.ts";

export interface SeenItem {
  readonly criterion: { readonly id: string; readonly code: string };
  readonly isApplicable: boolean;
  readonly selfScore: number | null;
  readonly firstScore: number | null;
  readonly secondScore: number | null;
  readonly finalScore: number | null;
  readonly [field: string]: unknown;
}
export interface SeenSheet {
  readonly id: string;
  readonly unit: { readonly code: string };
  readonly submittedAt: string | null;
  readonly items: readonly SeenItem[];
  readonly adjustments: readonly { readonly id: string; readonly kind: string; readonly points: number }[] | null;
  readonly self: number | null;
  readonly final: number | null;
  readonly maxApplicable: number | null;
  readonly scaled: number | null;
}
export interface SeenCycle {
  readonly id: string;
  readonly stage: string;
  readonly members: readonly { readonly unit: { readonly code: string }; readonly isRanked: boolean; readonly reason: string | null }[];
  readonly sheets: readonly SeenSheet[];
  readonly rubric: { readonly id: string };
}
interface Problem {
  readonly path: readonly string[];
  readonly code: string;
  readonly message: string;
}
export interface Outcome {
  readonly sheet?: SeenSheet | null;
  readonly cycle?: SeenCycle | null;
  /** As `path CODE`. */
  readonly problems: readonly string[];
  readonly code: string | undefined;
  readonly message: string | undefined;
}

export const SHEET = `id unit { code } submittedAt maxApplicable scaled self: total(round: SELF) first: total(round: FIRST) second: total(round: SECOND) final: total
  adjustments { id kind points reason } items { criterion { id code } isApplicable selfScore firstScore secondScore finalScore selfNote firstNote explanation secondNote
    evidence { name url } }`;
export const CYCLE = `id stage year block { code } period organiser { code } rubric { id } deadlines { stage on } members { unit { code } isRanked reason } sheets { ${SHEET} }`;

/** Who asks, with the roles of its key. */
const KEYS = {
  admin: { "04": "ADMIN" },
  viewer: { "04": "VIEWER" },
  assessor: { "04": "ASSESSOR" },
  interior: { "04/so-noi-vu": "ASSESSOR" },
  building: { "04/so-xay-dung": "ASSESSOR" },
  interiorOfficer: { "04/so-noi-vu": "OFFICER" },
  one: { "01273": "OFFICER" },
  two: { "01279": "OFFICER" },
  three: { "01288": "OFFICER" },
  oneViewer: { "01273": "VIEWER" },
  oneAssessor: { "01273": "ASSESSOR" },
  stranger: { "48": "ADMIN" },
} as const;
export type Who = keyof typeof KEYS;
export const WHO = Object.keys(KEYS) as readonly Who[];
export const MEMBERS = ["01273", "01279", "01288"] as const;

const INPUTS: Readonly<Record<string, string>> = {
  scoreSelf: "ScoreInput",
  appraise: "ScoreInput",
  submitScoreSheet: "ScoreSheetIdInput",
  createRubric: "RubricInput",
  publishRubric: "RubricIdInput",
};
const ANSWERS: Readonly<Record<string, string>> = {
  ...{ createRubric: "rubric { id }", reviseRubric: "rubric { id }", publishRubric: "rubric { id }" },
  ...Object.fromEntries(
    [
      "openAssessmentCycle",
      "advanceAssessmentCycle",
      "setRankedMembers",
      "recordSurvey",
      "publishAssessmentCycle",
      "correctPublishedScores",
    ].map((mutation) => [mutation, `cycle { ${CYCLE} }`]),
  ),
};

/** Criteria whose appraiser is the department of home affairs are 1.1 and 2.1; the others are the organiser's. */
export const appraised = () => {
  const { criteria } = rubricInput();
  return { criteria: criteria.map((one) => (one.code === "1.1" || one.code === "2.1" ? { ...one, appraiser: "04/so-noi-vu" } : one)) };
};

type Changed = Record<string, { sheet?: SeenSheet; cycle?: SeenCycle; problems: Problem[] }> | null;

/** Makes a change of assessments by the API. */
export const changeBy = async (
  ask: (text: string, variables: object) => Promise<Answer<Changed>>,
  mutation: string,
  input: object,
): Promise<Outcome> => {
  const type = INPUTS[mutation] ?? `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input`;
  const text = `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${ANSWERS[mutation] ?? `sheet { ${SHEET} }`} problems { path code message } } }`;
  const { data, errors } = await ask(text, { input });
  const payload = data?.[mutation];
  const error = errors?.[0];
  return {
    ...payload,
    problems: (payload?.problems ?? []).map(({ path, code }) => `${path.join(".")} ${code}`),
    ...{ code: error && String(error.extensions["code"]), message: error?.message ?? payload?.problems[0]?.message },
  };
};

/** A service with a province that scores three of its communes. */
export class CycleRoom {
  readonly service: TestService;
  readonly #keys: ReadonlyMap<Who, string>;
  #made = 0;

  private constructor(service: TestService, keys: ReadonlyMap<Who, string>) {
    this.service = service;
    this.#keys = keys;
  }

  static async start(options: Parameters<typeof startService>[1] = {}): Promise<CycleRoom> {
    const service = await startService("SEEDED", options);
    const admin = await issueKey(service.database, "first", { "04": "ADMIN" });
    for (const name of ["Sở Nội vụ", "Sở Xây dựng"]) {
      const input = { unit: "04", kind: "DEPARTMENT", name, validFrom: "2025-08-01" };
      const text = "mutation ($input: RegisterAgencyInput!) { registerAgency(input: $input) { agency { code } } }";
      const { errors } = await service.ask(text, { input } as never, admin);
      if (errors) throw new Error(errors[0]!.message);
    }
    const keys = new Map<Who, string>();
    for (const who of WHO) keys.set(who, await issueKey(service.database, who, KEYS[who]));
    return new CycleRoom(service, keys);
  }

  keyOf(who: Who): string {
    return this.#keys.get(who)!;
  }

  ask<T>(who: Who | null, text: string, variables: object = {}): Promise<Answer<T>> {
    return this.service.ask<T, object>(text, variables, who === null ? undefined : this.keyOf(who));
  }

  change(who: Who | null, mutation: string, input: object): Promise<Outcome> {
    return changeBy((text, variables) => this.ask(who, text, variables), mutation, input);
  }

  /** @throws Error where it is refused. */
  async done(who: Who, mutation: string, input: object): Promise<Outcome> {
    const outcome = await this.change(who, mutation, input);
    if (outcome.code !== undefined || outcome.problems.length > 0) throw new Error(`${mutation}: ${outcome.message}`);
    return outcome;
  }

  /** A published rubric, whose id is returned. */
  async rubric(over: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const made = await this.done("admin", "createRubric", rubricInput({ block: `B${++this.#made}`, ...appraised(), ...over }));
    const { id } = (made as unknown as { rubric: { id: string } }).rubric;
    await this.done("admin", "publishRubric", { rubric: id });
    return id;
  }

  async open(over: Readonly<Record<string, unknown>> = {}): Promise<SeenCycle> {
    const input = { rubric: over["rubric"] ?? (await this.rubric()), period: "2026", members: MEMBERS, ...over };
    return (await this.done("admin", "openAssessmentCycle", input)).cycle!;
  }

  async advance(cycle: string, to: string, force = true): Promise<SeenCycle> {
    return (await this.done("admin", "advanceAssessmentCycle", { cycle, to, force })).cycle!;
  }

  async seeCycle(who: Who, id: string): Promise<SeenCycle | null> {
    return (
      await this.ask<{ assessmentCycle: SeenCycle | null }>(who, `query ($id: ID!) { assessmentCycle(id: $id) { ${CYCLE} } }`, { id })
    ).data.assessmentCycle;
  }

  async seeSheet(who: Who, id: string): Promise<SeenSheet | null> {
    return (await this.ask<{ scoreSheet: SeenSheet | null }>(who, `query ($id: ID!) { scoreSheet(id: $id) { ${SHEET} } }`, { id })).data
      .scoreSheet;
  }
}

export const sheetOf = ({ sheets }: SeenCycle, code: string): SeenSheet => sheets.find(({ unit }) => unit.code === code)!;
export const criterionOf = ({ items }: SeenSheet, code: string): string =>
  items.find(({ criterion }) => criterion.code === code)!.criterion.id;
export const itemOf = ({ items }: SeenSheet, code: string): SeenItem => items.find(({ criterion }) => criterion.code === code)!;
