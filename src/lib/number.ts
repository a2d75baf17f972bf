const DECIMAL = /^\d{1,15}(?:\.\d{1,15})?$/;

/** Parses plain digits such as 5 or 0.5; null for anything else. `Number` would accept spaces as 0, and 0x10, 1e3 and Infinity. */
export const decimalOf = (text: string): number | null => (DECIMAL.test(text) ? Number(text) : null);

export const wholeOf = (text: string): number | null => (/^\d{1,15}$/.test(text) ? Number(text) : null);
