import type { Recount } from "../counters/recount.service.ts";

export const textOfCheck = ({ units, differences, figures }: Recount & { readonly figures: number }): string => {
  const { days, records, byField, byUnit, rolledUp } = differences;
  return (
    `${units} units counted again; rows that differ: ${days} of records, ${records} of numbers of records, ${byField} by field, ${byUnit} by unit, ` +
    `${rolledUp} rolled up; stored roll-ups of reports that differ: ${figures}`
  );
};
