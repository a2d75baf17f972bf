/** Same width as in page.css: a phone shows one pane at a time. */
export const isNarrow = (): boolean => matchMedia("(max-width: 700px)").matches;
