import { DomainError } from "../../lib/errors.ts";
import type { RollupKey } from "../../counters/rollup-key.ts";
import type { DossierCountLoaders } from "./dossier-count.loaders.ts";

type Covers = Pick<DossierCountLoaders, "viewerCovers">;

/**
 * Below the province, means and counts by field or procedure may identify a single citizen's file. @throws DomainError FORBIDDEN for a unit below the province without a
 * VIEWER's grant, naming the field of the API.
 */
export const checkDetail = async ({ viewerCovers }: Covers, { tier, no }: RollupKey["unit"], name: string): Promise<void> => {
  if (tier === "COUNTRY" || tier === "PROVINCE" || (await viewerCovers.load(no))) return;
  throw new DomainError(
    "FORBIDDEN",
    `${name} is public for the country and provinces only; below them it requires the role VIEWER on the unit`,
  );
};
