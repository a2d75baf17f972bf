import { BadUserInput } from "../lib/errors.ts";
import { connectionOf, pageOf } from "../lib/page.ts";
import { type Day, parseKnownDay } from "../lib/time/date.ts";
import { searchWords } from "../hierarchy/search.ts";
import type { Tier, UnitKind } from "../hierarchy/unit.entity.ts";
import type { ListedUnit, UnitListKey, unitListLoaders } from "./unit-list.ts";
import type { UnitLoaders } from "../hierarchy/unit.loaders.ts";
import type { UnitOn, UnitView } from "../hierarchy/unit-view.ts";

type Optional<T> = { [K in keyof T]: T[K] | null | undefined };
type Loaders = ReturnType<typeof unitListLoaders>;

/** @throws BadUserInput unless exactly one of code and id is given. */
export const findUnit = async (
  loaders: UnitLoaders,
  { code, id, asOf }: Optional<{ code: string; id: string; asOf: string }>,
): Promise<UnitView | null> => {
  if ((code == null) === (id == null)) throw new BadUserInput("code", code ?? undefined, "exactly one of code and id must be given");
  const day = asOf == null ? null : parseKnownDay("asOf", asOf);
  // PostgreSQL text cannot contain NUL, so no code does.
  if (`${code ?? id}`.includes("\0")) return null;
  return loaders.unitByReference.load(code == null ? { id: id!, asOf: day } : { code, asOf: day });
};

type UnitArguments = Optional<{
  codes: readonly string[];
  within: string;
  tier: Tier;
  kinds: readonly UnitKind[];
  search: string;
  asOf: string;
  after: string;
}> & { first: number };
const MAX_CODES = 1000;

export const listUnits = async (loaders: Loaders, today: Day, args: UnitArguments) => {
  const asOf = args.asOf == null ? today : parseKnownDay("asOf", args.asOf);
  const page = pageOf(args.first, args.after);
  // PostgreSQL text cannot contain NUL, so no code does.
  const codes = args.codes?.filter((code) => !code.includes("\0")) ?? null;
  if (codes && codes.length > MAX_CODES) throw new BadUserInput("codes", codes.length, `must contain at most ${MAX_CODES} codes`);
  const search = args.search ?? null;
  if (search !== null) searchWords("search", search);
  const within = args.within == null ? null : (await unitNamed(loaders, "within", args.within, asOf)).no;
  return listOf(loaders, { asOf, within, codes, tier: args.tier ?? null, kinds: args.kinds ?? null, search, agencies: true, page });
};

/** By code, otherwise by id; without a day as of today or of the unit's last day. @throws BadUserInput naming the argument if there is none. */
export const unitNamed = async ({ unitByReference }: UnitLoaders, argument: string, name: string, asOf: Day | null): Promise<UnitView> => {
  if (name.includes("\0")) throw new BadUserInput(argument, name, "must be a code or an id");
  const [byCode, byId] = await Promise.all([unitByReference.load({ code: name, asOf }), unitByReference.load({ id: name, asOf })]);
  const unit = byCode ?? byId;
  if (!unit) throw new BadUserInput(argument, name, `must be the code or id of a unit${asOf === null ? "" : ` that exists on ${asOf}`}`);
  return unit;
};

export const descendantsOf = (
  loaders: Loaders,
  { no, asOf }: UnitOn,
  { tier, kinds, first, after }: Pick<UnitArguments, "tier" | "kinds" | "first" | "after">,
) =>
  listOf(loaders, {
    ...{ asOf, within: no, codes: null, search: null, agencies: false },
    ...{ tier: tier ?? null, kinds: kinds ?? null, page: pageOf(first, after) },
  });

const listOf = async (loaders: Loaders, key: UnitListKey) => {
  const { rows, totalCount } = await loaders.unitList.load(key);
  const { edges, ...connection } = connectionOf(rows, key.page, ({ rank, code }: ListedUnit) => ({ rank, text: code }));
  return { ...connection, totalCount, edges: edges.map((edge) => ({ ...edge, matchedName: edge.node.matchedName })) };
};
