import type { RequestContext } from "../access/request-context.ts";
import { unitLoaders } from "../hierarchy/unit.loaders.ts";
import type { UnitView } from "../hierarchy/unit-view.ts";
import type { Day } from "../lib/time/date.ts";

/** The unit as of the day; if it did not exist then, as of today or its last day. */
export const unitOfYear = async (context: Pick<RequestContext, "use">, no: number, asOf: Day): Promise<UnitView | null> => {
  const { unitOn, unitByNo } = context.use(unitLoaders);
  return (await unitOn.load({ no, asOf })) ?? unitByNo.load(no);
};
