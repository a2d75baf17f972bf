const DECIMAL = /^\d{1,15}(?:\.\d{1,15})?$/;

/**
 * The number that a text is in plain digits: 5, 0.5; null for anything else. `Number` takes blanks for 0, and 0x10, 1e3 and Infinity for numbers.
 */
export const decimalOf = (text: string): number | null => (DECIMAL.test(text) ? Number(text) : null);

/** The same of whole numbers. */
export const wholeOf = (text: string): number | null => (/^\d{1,15}$/.test(text) ? Number(text) : null);
