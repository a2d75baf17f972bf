import { BadUserInput } from "../lib/errors.ts";
import { type Day, parseKnownDay } from "../lib/time/date.ts";
import type { UnitLoaders } from "../hierarchy/unit.loaders.ts";
import type { UnitReference, UnitView } from "../hierarchy/unit-view.ts";

interface UnitNames {
  readonly code?: string | null | undefined;
  readonly id?: string | null | undefined;
  readonly asOf?: string | null | undefined;
}

/** @throws BadUserInput unless exactly one of code and id is given. */
export const unitAsked = ({ code, id, asOf }: UnitNames): UnitReference => {
  if ((code == null) === (id == null)) throw new BadUserInput("code", code ?? undefined, "exactly one of code and id must be given");
  const day = asOf == null ? null : parseKnownDay("asOf", asOf);
  return code == null ? { id: id!, asOf: day } : { code, asOf: day };
};

/** By code, otherwise by id; without a day as of today or of the unit's last day. @throws BadUserInput naming the argument if there is none. */
export const unitNamed = async ({ unitByReference }: UnitLoaders, argument: string, name: string, asOf: Day | null): Promise<UnitView> => {
  if (name.includes("\0")) throw new BadUserInput(argument, name, "must be a code or an id");
  const [byCode, byId] = await Promise.all([unitByReference.load({ code: name, asOf }), unitByReference.load({ id: name, asOf })]);
  const unit = byCode ?? byId;
  if (!unit) throw noUnitNamed(argument, name, asOf);
  return unit;
};

export const noUnitNamed = (argument: string, name: string, asOf: Day | null): BadUserInput =>
  new BadUserInput(argument, name, `must be the code or id of a unit${asOf === null ? "" : ` that exists on ${asOf}`}`);
