import { DomainError } from "../../lib/errors.ts";
import type { RollupKey } from "../../counters/rollup-key.ts";
import type { DossierCountLoaders } from "../../counters/dossier-count.loaders.ts";

type Covers = Pick<DossierCountLoaders, "viewerCovers">;

/**
 * Below the province what is by field or procedure, and means, may be of a single citizen's file.
 * @throws DomainError FORBIDDEN for a unit below the province that no VIEWER's grant covers, naming the field of the API.
 */
export const checkDetail = async ({ viewerCovers }: Covers, { tier, no }: RollupKey["unit"], name: string): Promise<void> => {
  if (tier === "COUNTRY" || tier === "PROVINCE" || (await viewerCovers.load(no))) return;
  throw new DomainError(
    "FORBIDDEN",
    `${name} is shown to everybody for the country and provinces alone; below them it needs the role VIEWER on the unit`,
  );
};
