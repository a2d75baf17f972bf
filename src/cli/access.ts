import { Command, InvalidArgumentError } from "commander";
import type { EntityManager } from "@mikro-orm/postgresql";
import { type RawBuilder, sql } from "kysely";
import {
  commandKeeper,
  createAccessKey,
  type IssuedKey,
  isUnder,
  type KeyKeeper,
  revokeAccessKey,
  rotateAccessKey,
} from "../administration/access-key.service.ts";
import { accessKeys, type AccessKeyView } from "../administration/access-key.ts";
import { grantOn, tracedGrants, unitNoNamed } from "../access/grant.ts";
import { type Role, ROLES } from "../access/viewer.ts";
import { openDatabase, type Pools } from "../database/database.ts";
import { rowsOf } from "../database/reader.ts";
import { BadUserInput } from "../lib/errors.ts";
import { readEnv } from "../server/env.ts";
import { dayOf } from "../lib/time/date.ts";
import { userName } from "./user-name.ts";

interface CreateOptions {
  readonly name: string;
  readonly unit: readonly string[];
  readonly role: readonly Role[];
  readonly grant: readonly { readonly unit: string; readonly role: Role }[];
  readonly expires?: string;
}

/** Standard error is for people; standard output is for scripts: the secret of a key, or the list of keys. */
const report = (line: string) => console.error(line);

const roleOf = (text: string): Role => {
  const role = ROLES.find((one) => one === text.toUpperCase());
  if (role) return role;
  throw new InvalidArgumentError(`Accepted are ${ROLES.join(", ")}.`);
};

const grantOf = (text: string): CreateOptions["grant"][number] => {
  const [, unit, role] = /^(.+):([^:]*)$/.exec(text) ?? [];
  if (unit === undefined) throw new InvalidArgumentError("Accepted is UNIT:ROLE, such as 48:OFFICER.");
  return { unit, role: roleOf(role!) };
};

const listed =
  <T>(read: (text: string) => T) =>
  (text: string, before: readonly T[] = []): T[] => [...before, read(text)];

/** Grants given as UNIT:ROLE, and those in pairs of --unit and --role. */
const grantsOf = ({ unit: units = [], role: roles = [], grant = [] }: Partial<CreateOptions>) => {
  if (units.length !== roles.length) throw new Error("--unit and --role are given in pairs: --unit 48 --role OFFICER");
  if (units.length + grant.length === 0) throw new Error("give at least one --unit with its --role, or one --grant UNIT:ROLE");
  return [...units.map((unit, n) => ({ unit, role: roles[n]! })), ...grant];
};

/** Runs one transaction as the owner of the database; a service may be running on it. */
const inDatabase = async <T>(work: (em: EntityManager, keeper: KeyKeeper, now: Date, pools: Pools) => Promise<T>): Promise<T> => {
  const database = await openDatabase(readEnv(process.env));
  try {
    return await database.orm.em.fork().transactional(async (em) => {
      const keeper = await commandKeeper(em, userName());
      if (keeper.hierarchy.version === null)
        throw new Error("This database has no units yet: start the service on it once, with the same DATABASE_URL or DATA_DIR");
      return work(em, keeper, new Date(), database.pools);
    });
  } finally {
    await database.close();
  }
};

const stateOf = ({ revokedAt, isExpired }: AccessKeyView): string => (revokedAt ? "revoked" : isExpired ? "expired" : "valid");

const lineOf = (key: AccessKeyView): string => {
  const grants = key.grants.map(({ unitId, role }) => `${unitId}:${role}`).join(" ");
  return `${key.id}  ${stateOf(key).padEnd(7)}  expires ${key.expiresAt.slice(0, 16).replace("T", " ")}  ${grants}  ${key.name}`;
};

const printSecret = ({ accessKey: key, secret }: IssuedKey): void => {
  report(lineOf(key));
  if (key.formerSecretUntil) report(`The previous secret is accepted until ${key.formerSecretUntil.slice(0, 16).replace("T", " ")}.`);
  report("The secret, sent as Authorization: Bearer, is printed only once:");
  console.log(secret);
};

const isUnderNamed = async ({ hierarchy }: KeyKeeper, name: string, now: Date, pools: Pools): Promise<RawBuilder<boolean>> => {
  const today = dayOf(now);
  const unitNo = unitNoNamed(hierarchy, name, today);
  if (unitNo === null) throw new BadUserInput("unit", name, `must be the code of a unit that exists on ${today}, or the id of any unit`);
  const [grant] = await tracedGrants(pools, [grantOn(hierarchy, { unitNo, role: "ADMIN" }, today)]);
  return isUnder(grant!);
};

const program = new Command("npm run access --")
  .description("Manages the API keys of provincial systems. The database is that of DATABASE_URL, or the embedded one in DATA_DIR.")
  .configureOutput({ outputError: (text, write) => write(`cchc-graph: ${text.replace(/^error: /, "").trim()}\n`) });
const key = program.command("key").description("create, list, revoke and rotate API keys").copyInheritedSettings(program);

key
  .command("create")
  .description("create a key and print its secret once; only its hash is stored")
  .requiredOption("--name <name>", "name of the key, such as the system that uses it")
  .option("--unit <unit>", "code (as of today) or id of a unit; may be repeated, each time with a --role", listed(String))
  .option("--role <role>", `role on this unit: ${ROLES.join(", ")}`, listed(roleOf))
  .option("--grant <unit:role>", "unit and role in one option, such as 48:OFFICER; may be repeated", listed(grantOf))
  .option("--expires <day>", "last day on which the key is valid, YYYY-MM-DD; at most five years from today (default: in a year)")
  .addHelpText(
    "after",
    '\nExample:\n  npm run access -- key create --unit 48 --role OFFICER --name "Cổng dịch vụ công" --expires 2027-12-31',
  )
  .action(async (options: CreateOptions) => {
    const input = { name: options.name, grants: grantsOf(options), expiresOn: options.expires };
    printSecret(await inDatabase((em, keeper, now) => createAccessKey(em, keeper, input, now)));
  });

key
  .command("list")
  .description("list keys, newest first: id, state, expiry, roles, name")
  .option("--unit <unit>", "list only keys with a role on this unit (code or id) or on a unit below it")
  .action(async ({ unit }: { readonly unit?: string }) => {
    const keys = await inDatabase(async (em, keeper, now, pools) =>
      accessKeys(rowsOf(em), keeper.hierarchy, now, unit === undefined ? sql`true` : await isUnderNamed(keeper, unit, now, pools)),
    );
    if (keys.length === 0) report("There are no such keys.");
    for (const one of keys) console.log(lineOf(one));
  });

key
  .command("revoke")
  .description("revoke a key permanently")
  .argument("<id>", "id of the key, as printed by key list")
  .action(async (id: string) => console.log(lineOf(await inDatabase((em, keeper, now) => revokeAccessKey(em, keeper, id, now)))));

key
  .command("rotate")
  .description("give a key a new secret and print it once; the old secret is refused immediately, or after --overlap")
  .argument("<id>", "id of the key, as printed by key list")
  .option("--overlap <duration>", "time for which the old secret stays valid: hours or days from 1h to 7d, such as 24h (default: none)")
  .action(async (id: string, { overlap }: { readonly overlap?: string }) =>
    printSecret(await inDatabase((em, keeper, now) => rotateAccessKey(em, keeper, { id, overlap }, now))),
  );

await program.parseAsync().catch((error: unknown) => {
  report(`cchc-graph: ${(error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, "; ")}`);
  process.exitCode = 1;
});
