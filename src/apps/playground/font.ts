/** GraphiQL brings Fira Code, which has no ế, ồ or ẵ. */
export const FONT = '"JetBrains Mono Variable", monospace';

/** The editor measures letters once, so they must be there before it is; without them it takes the system's. */
export const loadFont = async (): Promise<void> => {
  await document.fonts.load(`15px ${FONT}`, "aếồẵ").catch(() => []);
};
