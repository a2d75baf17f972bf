import type { RequestContext } from "../../../src/access/request-context.ts";
import { unitLoaders } from "../../../src/hierarchy/unit.loaders.ts";
import type { UnitView } from "../../../src/hierarchy/unit-view.ts";
import { historyLoaders } from "./history.loaders.ts";

export const historiesOf = async (context: Pick<RequestContext, "use">, codes: readonly string[]) => {
  const { unitByReference } = context.use(unitLoaders);
  const units = await Promise.all(codes.map(async (code) => unitByReference.load({ code, asOf: null })));
  return units.flatMap((unit) => (unit ? [{ unit }] : []));
};

export const versionsOf = async (context: Pick<RequestContext, "use">, { no }: UnitView): Promise<number> =>
  (await context.use(historyLoaders).versionsOf.load(no))!.versions;
