/** As page.css has it: a phone, which shows one thing at a time. */
export const isNarrow = (): boolean => matchMedia("(max-width: 700px)").matches;
