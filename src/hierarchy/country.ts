import type { Hierarchy } from "./hierarchy.ts";

export const countryNo = ({ versions }: Hierarchy): number => versions.find(({ tier }) => tier === "COUNTRY")!.unitNo;
