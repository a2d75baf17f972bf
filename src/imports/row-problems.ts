import { codeForm, faultOfCode } from "../lib/code.ts";
import { INSTANT_FORM, parseInstant } from "../lib/time/instant.ts";
import type { UnitPlace, UnitPlaces } from "../hierarchy/unit-places.ts";
import type { ImportRowProblem } from "./import-report.ts";

/** Maximum lead of a sender's clock over the server's clock. */
export const CLOCK_SKEW_MS = 30_000;

export const shortened = (text: string) => JSON.stringify(text.length > 120 ? `${text.slice(0, 117)}...` : text);

/** Reads the values of a row and collects their problems. */
export class RowProblems {
  readonly found: ImportRowProblem[] = [];

  add(field: string, code: string, message: string, value?: string): void {
    this.found.push({ field, code, message, value });
  }

  instant(field: string, text: string | null | undefined): number | null {
    if (text === null || text === undefined) return null;
    const time = parseInstant(text);
    if (time === null) this.add(field, "INSTANT_MALFORMED", `${field}: ${shortened(text)} is not accepted; must be ${INSTANT_FORM}`, text);
    return time;
  }

  code(field: string, text: string): void {
    const fault = faultOfCode(text);
    if (fault !== null) this.add(field, "CODE_MALFORMED", `${field}: ${shortened(text)} ${fault}; must be ${codeForm(100)}`, text);
  }

  oneOf<T extends string>(field: string, text: string, accepted: readonly T[]): T {
    if (!accepted.includes(text as T))
      this.add(field, "VALUE_UNKNOWN", `${field}: ${shortened(text)} is not accepted; must be one of ${accepted.join(", ")}`, text);
    return text as T;
  }

  unit(units: UnitPlaces, field: string, code: string, day: string): UnitPlace | null {
    const place = units.find(code, day);
    if (!place) this.add(field, "UNIT_UNKNOWN", `${field}: no unit had the code ${shortened(code)} on ${day}`, code);
    return place;
  }

  outside(field: string, code: string): void {
    const message = `${field}: ${shortened(code)} is outside the units on which the caller has the role OFFICER`;
    this.add(field, "OUTSIDE_SCOPE", message, code);
  }
}
