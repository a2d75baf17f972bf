/** What a recount finds where all that is derived of records is what they say. */
export const NO_DIFFERENCES = { days: 0, records: 0, byField: 0, byUnit: 0, rolledUp: 0 };
