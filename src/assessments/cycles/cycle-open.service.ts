import { rowScope } from "../../access/scope.ts";
import { dayNumber } from "../../hierarchy/hierarchy-content.ts";
import type { Hierarchy } from "../../hierarchy/hierarchy.ts";
import { lineageOf } from "../../hierarchy/lineage.ts";
import { unitLoaders } from "../../hierarchy/unit.loaders.ts";
import type { UnitView } from "../../hierarchy/unit-view.ts";
import { recordChange } from "../../journal/audit.ts";
import { BadUserInput, DomainError } from "../../lib/errors.ts";
import { type Day, parseDay } from "../../lib/time/date.ts";
import { parsePeriod, type Period } from "../../lib/time/period.ts";
import { unitNamed } from "../../units/unit.service.ts";
import { assessmentIdOf } from "../assessment-id.ts";
import { InputProblems } from "../input-problem.ts";
import { demandRoleOn } from "../../access/role-on.ts";
import { lockSeries } from "../rubrics/rubric.store.ts";
import type { StoredRubric } from "../rubrics/rubric.loaders.ts";
import { rubricNamed } from "../rubrics/rubric.service.ts";
import type { OpenAssessmentCycleInput, StageDeadlineInput } from "./cycle.input.ts";
import { cycleLoaders } from "./cycle.loaders.ts";
import type { CycleAsking, CyclePayload } from "./cycle-write.service.ts";
import { CYCLE_STAGES, type StoredDeadline } from "./cycle-vocabulary.ts";
import { hasCycle, insertCycle } from "./cycle.store.ts";

const MAX_MEMBERS = 5000;

/**
 * Opens a cycle with an empty sheet for each member.
 * @throws DomainError NOT_FOUND for an unknown rubric, FORBIDDEN without the role on its organiser, CONFLICT for a draft, and if there is a cycle.
 */
export const openCycle = async (context: CycleAsking, input: OpenAssessmentCycleInput): Promise<CyclePayload> => {
  const { session, viewer, now, today, hierarchy } = context;
  const rubric = (await rubricNamed(context, input.rubric)) as StoredRubric;
  if (rubric.no === null) throw new BadUserInput("rubric", input.rubric, "must be a rubric of an organiser; reports merely name this one");
  await demandRoleOn(context, "ADMIN", rubric.organiserNo);
  if (rubric.state !== "PUBLISHED") throw new DomainError("CONFLICT", "rubric: it must be published", { argument: "rubric" });
  const period = parsePeriod("period", input.period);
  const problems = new InputProblems();
  const deadlines = checkDeadlines(input.deadlines, problems);
  const members = await checkMembers(context, input.members, period, problems);
  const no = await session.write(rowScope(viewer, "ADMIN"), async (em) => {
    await lockSeries(em, { organiserNo: rubric.organiserNo, index: rubric.index, blockCode: rubric.block.code, year: rubric.year });
    if (await hasCycle(em, rubric.no))
      throw new DomainError("CONFLICT", "rubric: its organiser, index, block and year have a cycle", { argument: "rubric" });
    const memberNos = members.map(({ unit }) => unit.no);
    const isWithin = membersWithin(await hierarchy.held(), rubric.organiserNo, memberNos, today);
    for (const { n, unit } of members) {
      if (isWithin(unit.no)) continue;
      problems.add(
        `members[${n}]`,
        "MEMBER_OUTSIDE",
        `${unit.fullName} (${unit.code}) must be within the organiser, and another unit than it`,
      );
    }
    if (!problems.isEmpty) return null;
    const made = await insertCycle(em, { rubric, period, memberNos, deadlines, at: now });
    await recordChange(em, {
      ...{ actor: viewer!.actor, actorName: viewer!.name, operation: "openAssessmentCycle", unitNo: rubric.organiserNo, at: now },
      ...{ subject: assessmentIdOf("cycle", made), before: null },
      after: { rubric: rubric.id, period: period.name, members: members.map(({ unit }) => unit.id), deadlines },
    });
    return made;
  });
  context.renew();
  return { cycle: no === null ? null : await context.use(cycleLoaders).cycleByNo.load(no), problems: problems.list };
};

/** Whether one of the units is within the organiser today, and another than it. */
const membersWithin = (hierarchy: Hierarchy, organiserNo: number, unitNos: readonly number[], today: Day) => {
  const edition = hierarchy.editionOn(dayNumber(today));
  const within = edition && lineageOf(hierarchy).unitsOf(edition, new Set([organiserNo]), unitNos);
  return (no: number) => no !== organiserNo && within?.has(no) === true;
};

interface ChosenMember {
  readonly n: number;
  readonly unit: UnitView;
}

/** By code on the last day of the period or today, or by id; also units that ended during the period. */
const checkMembers = async (
  context: CycleAsking,
  names: readonly string[],
  period: Period,
  problems: InputProblems,
): Promise<ChosenMember[]> => {
  if (names.length < 1 || names.length > MAX_MEMBERS)
    problems.add("members", "MEMBER_COUNT", `there are ${names.length}; must be 1 to ${MAX_MEMBERS}`);
  const day = period.to < context.today ? period.to : context.today;
  const loaders = context.use(unitLoaders);
  const lookUp = async (name: string, n: number): Promise<ChosenMember[]> => {
    const place = `members[${n}]`;
    const unit = await unitNamed(loaders, place, name, day)
      .catch(() => unitNamed(loaders, place, name, null))
      .catch((error: unknown) => problems.refused(place, "UNIT_UNKNOWN", error));
    if (!unit) return [];
    const isOfPeriod = unit.validTo === null || unit.validTo >= period.from;
    if (!isOfPeriod) problems.add(place, "UNIT_UNKNOWN", `${unit.fullName} (${unit.code}) ended on ${unit.validTo}, before the period`);
    return isOfPeriod ? [{ n, unit }] : [];
  };
  const found = (await Promise.all(names.slice(0, MAX_MEMBERS).map(lookUp))).flat();
  const first = new Map<number, number>();
  for (const { n, unit } of found) {
    const before = first.get(unit.no);
    if (before !== undefined) problems.add(`members[${n}]`, "MEMBER_TWICE", `${unit.fullName} (${unit.code}) is also members[${before}]`);
    else first.set(unit.no, n);
  }
  return found;
};

/** In the order of stages. */
const checkDeadlines = (inputs: readonly StageDeadlineInput[], problems: InputProblems): StoredDeadline[] => {
  const given = inputs.map(({ stage, on }, n) => ({
    n,
    stage,
    on: problems.attempt(`deadlines[${n}].on`, "DAY_INVALID", () => parseDay("on", on)) ?? "",
  }));
  const ordered = given.toSorted((a, b) => CYCLE_STAGES.indexOf(a.stage) - CYCLE_STAGES.indexOf(b.stage));
  for (const [at, { n, stage, on }] of ordered.entries()) {
    const before = ordered[at - 1];
    if (stage === "PUBLISHED") problems.add(`deadlines[${n}].stage`, "STAGE_INVALID", "must be a stage before PUBLISHED");
    if (before?.stage === stage) problems.add(`deadlines[${n}].stage`, "STAGE_TWICE", `${stage} has another deadline, ${before.on}`);
    else if (before && on !== "" && on < before.on)
      problems.add(
        `deadlines[${n}].on`,
        "DEADLINE_EARLIER",
        `${on} must not be earlier than ${before.on}, the deadline of ${before.stage}`,
      );
  }
  return ordered.map(({ stage, on }) => ({ stage, on }));
};
