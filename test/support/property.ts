/** Cases of a property test; PROPERTY_SCALE=10 draws ten times as many. */
export const runs = (usual: number): number => Math.ceil(usual * Number(process.env["PROPERTY_SCALE"] ?? 1));

/** What the cases are drawn from, the same each time; PROPERTY_SEED draws others. */
export const seed = (usual: number): number => Number(process.env["PROPERTY_SEED"] ?? usual);

/** Shrinking a case that fails takes long: PROPERTY_SHRINK=1 asks for it. */
export const END_ON_FAILURE = process.env["PROPERTY_SHRINK"] !== "1";
