/** True for a text of 1 to `max` characters without control characters, which would harm logs and PostgreSQL. */
export const isText = (value: unknown, max: number): value is string =>
  typeof value === "string" && value.length > 0 && value.length <= max && !/\p{Cc}/u.test(value) && value.isWellFormed();

export const variableOf = (property: string): string => property.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
