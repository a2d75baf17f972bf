import { addDays, type Day } from "./date.ts";

/** Half-months run from the 1st to the 14th and from the 15th to the end; periods of both conventions consist of these. */
export const halfMonthOf = (day: Day): Day => `${day.slice(0, 8)}${day.slice(8) < "15" ? "01" : "15"}`;

const nextMonth = (day: Day): Day => {
  const month = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7));
  return `${String(Math.floor(month / 12)).padStart(4, "0")}-${String((month % 12) + 1).padStart(2, "0")}-01`;
};

export const nextHalfMonth = (day: Day): Day => (day.slice(8) < "15" ? `${day.slice(0, 8)}15` : nextMonth(day));

export const halfMonthEnd = (day: Day): Day => addDays(nextHalfMonth(day), -1);
