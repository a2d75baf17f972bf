import { DomainError } from "../errors.ts";
import type { RollupKey } from "../figures/rollup.ts";
import type { DossierCountLoaders } from "./counts/dossier-count.loaders.ts";
import { isOfWholeMonths } from "./counts/records.service.ts";

type Covers = Pick<DossierCountLoaders, "viewerCovers">;

/**
 * Below the province counts by field or channel may be of a single citizen's file.
 * @throws DomainError FORBIDDEN for a unit below the province that no VIEWER's grant covers, naming the field of the API.
 */
export const checkDetail = async ({ viewerCovers }: Covers, { tier, no }: RollupKey["unit"], name: string): Promise<void> => {
  if (tier === "COUNTRY" || tier === "PROVINCE" || (await viewerCovers.load(no))) return;
  throw new DomainError(
    "FORBIDDEN",
    `${name} is shown to everybody for the country and provinces alone; below them it needs the role VIEWER on the unit`,
  );
};

/** Whether the caller may see records of the unit for the period: everybody for whole months, else VIEWERs of the unit. */
export const areRecordsShown = async ({ viewerCovers }: Covers, { unit, period }: Pick<RollupKey, "unit" | "period">): Promise<boolean> =>
  isOfWholeMonths(period) || viewerCovers.load(unit.no);
