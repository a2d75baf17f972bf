import { Command, InvalidArgumentError } from "commander";
import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import {
  createAccessKey,
  type IssuedKey,
  isUnder,
  type KeyKeeper,
  revokeAccessKey,
  rotateAccessKey,
} from "../administration/access-key.service.ts";
import { accessKeys, type AccessKeyView } from "../administration/access-key.ts";
import { seenOn, unitNoNamed } from "../access/grant.ts";
import { type Role, ROLES } from "../access/viewer.ts";
import { openDatabase } from "../database/database.ts";
import { rowsOf } from "../database/reader.ts";
import { BadUserInput } from "../lib/errors.ts";
import { readEnv } from "../server/env.ts";
import { type Day, dayOf } from "../lib/time/date.ts";
import { makeContributions } from "../hierarchy/contribution.service.ts";
import { editionsOf } from "../hierarchy/edition.ts";
import { userName } from "./user-name.ts";
import { inForceOn } from "../hierarchy/sql.ts";

interface CreateOptions {
  readonly name: string;
  readonly unit: readonly string[];
  readonly role: readonly Role[];
  readonly grant: readonly { readonly unit: string; readonly role: Role }[];
  readonly expires?: string;
}

/** Standard error is for people; standard output is for scripts: the secret of a key, or the list of keys. */
const tell = (line: string) => console.error(line);

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
const inDatabase = async <T>(work: (em: EntityManager, keeper: KeyKeeper, now: Date) => Promise<T>): Promise<T> => {
  const database = await openDatabase(readEnv(process.env));
  try {
    const now = new Date();
    const em = database.orm.em.fork();
    if ((await sql`select from unit limit 1`.execute(em.getKysely())).rows.length === 0)
      throw new Error("This database has no units yet: start the service on it once, with the same DATABASE_URL or DATA_DIR");
    await makeContributions(em, await editionsOf(rowsOf(em), [dayOf(now)]));
    const name = userName();
    const keeper: KeyKeeper = { actor: `command:${name}`, actorName: name, admin: null };
    return await em.fork().transactional((writing) => work(writing, keeper, now));
  } finally {
    await database.close();
  }
};

const stateOf = ({ revokedAt, isExpired }: AccessKeyView): string => (revokedAt ? "revoked" : isExpired ? "expired" : "valid");

const lineOf = (key: AccessKeyView): string => {
  const grants = key.grants.map(({ unitId, role }) => `${unitId}:${role}`).join(" ");
  return `${key.id}  ${stateOf(key).padEnd(7)}  expires ${key.expiresAt.slice(0, 16).replace("T", " ")}  ${grants}  ${key.name}`;
};

const tellSecret = ({ accessKey: key, secret }: IssuedKey): void => {
  tell(lineOf(key));
  if (key.formerSecretUntil) tell(`The secret before it is accepted until ${key.formerSecretUntil.slice(0, 16).replace("T", " ")}.`);
  tell("The secret, to be sent as Authorization: Bearer. It is shown this once:");
  console.log(secret);
};

const keysOfUnit = async (em: EntityManager, name: string | undefined, now: Date): Promise<AccessKeyView[]> => {
  const today = dayOf(now);
  return accessKeys(rowsOf(em), now, today, name === undefined ? sql`true` : isUnder(await standingOf(em, name, today)));
};

const standingOf = async (em: EntityManager, name: string, today: Day) => {
  const [found] = await rowsOf(em).rows(sql<{ unitNo: number; editionId: number }>`
    select u.id as "unitNo", e.id as "editionId" from unit u join edition e on ${inForceOn(seenOn(today))}
    where u.id = ${unitNoNamed(sql`${name}`, today)}`);
  if (!found) throw new BadUserInput("unit", name, `must be the code of a unit that exists on ${today}, or the id of any unit`);
  return found;
};

const program = new Command("npm run access --")
  .description("Who may do what: keys of provincial systems. The database is that of DATABASE_URL, or the embedded one in DATA_DIR.")
  .configureOutput({ outputError: (text, write) => write(`cchc-graph: ${text.replace(/^error: /, "").trim()}\n`) });
const key = program.command("key").description("API keys: create, list, revoke, rotate").copyInheritedSettings(program);

key
  .command("create")
  .description("create a key and print its secret once; only its hash is stored")
  .requiredOption("--name <name>", "what the key is called, such as the system that uses it")
  .option("--unit <unit>", "code (as of today) or id of a unit; several, each with its --role", listed(String))
  .option("--role <role>", `role on that unit: ${ROLES.join(", ")}`, listed(roleOf))
  .option("--grant <unit:role>", "the same in one: 48:OFFICER; several", listed(grantOf))
  .option("--expires <day>", "last day of its validity, YYYY-MM-DD; at most five years from today (default: in a year)")
  .addHelpText(
    "after",
    '\nExample:\n  npm run access -- key create --unit 48 --role OFFICER --name "Cổng dịch vụ công" --expires 2027-12-31',
  )
  .action(async (options: CreateOptions) => {
    const input = { name: options.name, grants: grantsOf(options), expiresOn: options.expires };
    tellSecret(await inDatabase((em, keeper, now) => createAccessKey(em, keeper, input, now)));
  });

key
  .command("list")
  .description("list keys, newest first: id, state, expiry, roles, name")
  .option("--unit <unit>", "only those with a role on this unit (code or id), or on what belongs to it")
  .action(async ({ unit }: { readonly unit?: string }) => {
    const keys = await inDatabase((em, _keeper, now) => keysOfUnit(em, unit, now));
    if (keys.length === 0) tell("There are no such keys.");
    for (const one of keys) console.log(lineOf(one));
  });

key
  .command("revoke")
  .description("revoke a key for good")
  .argument("<id>", "id of the key, as key list shows it")
  .action(async (id: string) => console.log(lineOf(await inDatabase((em, keeper, now) => revokeAccessKey(em, keeper, id, now)))));

key
  .command("rotate")
  .description("give a key a new secret and print it, this once; the old one is refused at once, or after --overlap")
  .argument("<id>", "id of the key, as key list shows it")
  .option("--overlap <duration>", "how long the old secret stays valid: hours or days from 1h to 7d, such as 24h (default: not at all)")
  .action(async (id: string, { overlap }: { readonly overlap?: string }) =>
    tellSecret(await inDatabase((em, keeper, now) => rotateAccessKey(em, keeper, { id, overlap }, now))),
  );

await program.parseAsync().catch((error: unknown) => {
  tell(`cchc-graph: ${(error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, "; ")}`);
  process.exitCode = 1;
});
