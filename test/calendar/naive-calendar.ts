import { addDays, type Day, dayOfEpoch } from "../../src/lib/time/date.ts";
import type { CalendarDay } from "../../src/calendar/work-calendar.ts";

/** The work calendar, counted day by day. */
export class NaiveCalendar {
  readonly #days: readonly CalendarDay[];

  constructor(days: readonly CalendarDay[]) {
    this.#days = days;
  }

  works(day: Day): boolean {
    const said = this.#days.find((one) => one.day === day);
    if (said) return said.kind === "MAKEUP_WORK";
    return ![0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay());
  }

  publishes(day: Day): boolean {
    return this.#days.some((one) => one.status === "published" && one.day.slice(0, 4) === day.slice(0, 4));
  }

  add(from: Day, workingDays: number): { day: Day; isProvisional: boolean } {
    let [day, isProvisional, left] = [from, false, workingDays];
    while (left > 0) {
      day = addDays(day, 1);
      if (!this.publishes(day)) isProvisional = true;
      if (this.works(day)) left -= 1;
    }
    return { day, isProvisional };
  }

  between(from: Day, to: Day): number {
    let count = 0;
    for (let day = from; day < to;) {
      day = addDays(day, 1);
      if (this.works(day)) count++;
    }
    return count;
  }
}

/** A random table over the days around the given ones, from numbers. */
export const tableOf = (picks: readonly { epoch: number; swap: boolean; published: boolean }[]): CalendarDay[] =>
  [...new Map(picks.map((pick) => [pick.epoch, pick])).values()].map(({ epoch, swap, published }) => {
    const day = dayOfEpoch(epoch);
    const weekend = [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay());
    const off = swap ? "SWAP_OFF" : "DAY_OFF";
    return { day, kind: weekend ? "MAKEUP_WORK" : off, status: published ? "published" : "provisional" };
  });
