/** GraphiQL's Fira Code lacks ế, ồ and ẵ. */
export const FONT = '"JetBrains Mono Variable", monospace';

/** The editor measures letters once, so the font must be loaded first; otherwise it uses the system's. */
export const loadFont = async (): Promise<void> => {
  await document.fonts.load(`15px ${FONT}`, "aếồẵ").catch(() => []);
};
