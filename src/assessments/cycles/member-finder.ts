import type { RequestContext } from "../../access/request-context.ts";
import type { UnitView } from "../../hierarchy/unit-view.ts";
import type { InputProblems } from "../input-problem.ts";
import { cycleLoaders, type CycleView } from "./cycle.loaders.ts";

type FindMember = (place: string, name: string, problems: InputProblems) => UnitView | null;

/** Finds members of a cycle by the code or id of the view that the cycle has of them; null with a problem for another unit. */
export const memberFinder = async (context: Pick<RequestContext, "use">, cycle: CycleView): Promise<FindMember> => {
  const members = await context.use(cycleLoaders).membersOf.load(cycle);
  const byName = new Map<string, UnitView>(members.flatMap((unit) => [[unit.id, unit] as const, [unit.code, unit] as const]));
  return (place, name, problems) => {
    const unit = byName.get(name) ?? null;
    if (!unit)
      problems.add(place, "MEMBER_UNKNOWN", `${JSON.stringify(name.slice(0, 100))} must be the code or id of a member of the cycle`);
    return unit;
  };
};
