import type { MikroORM } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { Client } from "pg";
import { lockKey, lockSession } from "./locks.ts";

/** Role of all requests: it owns nothing and may only append to the audit trail. It belongs to the server, not to the database. */
export const SERVICE_ROLE = "cchc_service";

const MISSING = `not exists (select from pg_roles where rolname = '${SERVICE_ROLE}')`;

/** On the embedded server, also for a role of an earlier version. */
export const giveLogin = async (owner: Client, password: string): Promise<void> => {
  await lockSession(owner, "lock", "role");
  try {
    await owner.query(`do $$ begin if ${MISSING} then create role ${SERVICE_ROLE}; end if; end $$`);
    await owner.query(
      `alter role ${SERVICE_ROLE} login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password ${owner.escapeLiteral(password)}`,
    );
    // Without this, each failed statement of a request would add a line to the server's log.
    await owner.query(`alter role ${SERVICE_ROLE} set log_min_messages = 'fatal'`);
  } finally {
    await lockSession(owner, "unlock", "role");
  }
};

const currentUser = async (orm: MikroORM): Promise<string> =>
  (await sql<{ name: string }>`select current_user as name`.execute(orm.em.fork().getKysely())).rows[0]!.name;

/** For a login that is the owner and sets the role: makes it a member, and creates the role if allowed. */
export const ensureRole = async (owner: MikroORM): Promise<void> => {
  const db = owner.em.fork().getKysely();
  const isMember = async () =>
    (
      await sql<{
        is: boolean;
      }>`select coalesce(bool_or(pg_has_role(oid, 'MEMBER')), false) as is from pg_roles where rolname = ${SERVICE_ROLE}`.execute(db)
    ).rows[0]!.is;
  if (await isMember()) return;
  try {
    await sql
      .raw(`do $$ begin
      perform pg_advisory_xact_lock(${lockKey("role")});
      if ${MISSING} then create role ${SERVICE_ROLE} nologin; end if;
      execute format('grant ${SERVICE_ROLE} to %I', current_user);
    end $$`)
      .execute(db);
  } catch (error) {
    const name = await currentUser(owner);
    throw new Error(
      `DATABASE_URL: ${name} is not a member of the role ${SERVICE_ROLE} and may not create it; let an administrator run: ` +
        `create role ${SERVICE_ROLE} nologin; grant ${SERVICE_ROLE} to "${name}";`,
      { cause: error },
    );
  }
};

/** For a service with its own login: the owner creates the role if it is missing or cannot log in. */
export const ensureLogin = async (owner: MikroORM, serviceUrl: string): Promise<void> => {
  const { user, password } = new Client({ connectionString: serviceUrl });
  const given = user === SERVICE_ROLE && typeof password === "string" ? password : "";
  const isThere = async () => {
    const { rows } = await sql<{
      login: boolean;
    }>`select rolcanlogin as login from pg_roles where rolname = ${SERVICE_ROLE}`.execute(owner.em.fork().getKysely());
    return rows[0] !== undefined && (rows[0].login || user !== SERVICE_ROLE);
  };
  if (await isThere()) return;
  try {
    await owner.em.fork().transactional(async (em) => {
      const db = em.getKysely();
      await sql`select set_config('cchc.password', ${given}, true)`.execute(db);
      // An error with the text of the statement would write the password to the server's log.
      await sql
        .raw(`do $$ begin
          perform pg_advisory_xact_lock(${lockKey("role")});
          if ${MISSING} then create role ${SERVICE_ROLE} nologin; end if;
          if current_setting('cchc.password') <> '' and exists (select from pg_roles where rolname = '${SERVICE_ROLE}' and not rolcanlogin) then
            execute format('alter role ${SERVICE_ROLE} login password %L', current_setting('cchc.password'));
          end if;
        exception when insufficient_privilege then raise insufficient_privilege; end $$`)
        .execute(db);
    });
  } catch (error) {
    // Another instance may have created it, on another database of the server with another lock.
    if (await isThere()) return;
    throw new Error(
      `DATABASE_OWNER_URL: ${await currentUser(owner)} may not make the role ${SERVICE_ROLE}, by which DATABASE_URL logs in or of which that is a member; ` +
        `let an administrator run: create role ${SERVICE_ROLE} login password '…';`,
      { cause: error },
    );
  }
};

interface Login {
  readonly name: string;
  readonly isMember: boolean;
  readonly isSuperuser: boolean;
  readonly isPrivileged: boolean;
  readonly others: string[];
  readonly owned: string | null;
  readonly mayCreate: boolean;
}

export const checkLogin = async (login: MikroORM): Promise<void> => {
  const { rows } = await sql<Login>`
    with reached as (select * from pg_roles where pg_has_role(session_user, oid, 'MEMBER')),
      here as (select oid from pg_database where datname = current_database())
    select session_user as name, bool_or(rolname = ${SERVICE_ROLE}) as "isMember",
      coalesce(bool_or(rolsuper) filter (where rolname in (session_user, ${SERVICE_ROLE})), false) as "isSuperuser",
      bool_or(rolbypassrls or rolcreaterole or rolreplication) as "isPrivileged",
      coalesce(array_agg(rolname::text order by rolname) filter (where rolname not in (session_user, ${SERVICE_ROLE})), '{}') as others,
      (select pg_describe_object(d.classid, d.objid, 0) from pg_shdepend d, here
        where d.deptype = 'o' and d.refclassid = 'pg_authid'::regclass and d.refobjid in (select oid from reached)
          and (d.dbid = here.oid or d.classid = 'pg_database'::regclass and d.objid = here.oid) order by 1 limit 1) as owned,
      bool_or(has_schema_privilege(oid, 'public', 'CREATE') or has_database_privilege(oid, current_database(), 'CREATE')) as "mayCreate"
    from reached`.execute(login.em.fork().getKysely());
  const wrong = wrongWith(rows[0]!);
  if (wrong === null) return;
  throw new Error(
    `${rows[0]!.name} ${wrong}; the service logs in as ${SERVICE_ROLE}, or as a member of that and of no other role, who is not a superuser, owns nothing and creates nothing`,
  );
};

const wrongWith = ({ isMember, isSuperuser, isPrivileged, others, owned, mayCreate }: Login): string | null => {
  if (isSuperuser) return "is a superuser";
  if (!isMember) return `is not a member of ${SERVICE_ROLE}`;
  if (others.length > 0) return `may become ${others.join(", ")}`;
  if (isPrivileged) return "may bypass row-level security, create roles or replicate";
  if (owned !== null) return `owns ${owned}`;
  return mayCreate ? "may create objects in the database or in its schema public" : null;
};

/** @throws Error if the two connections lead to different databases. */
export const checkSame = async (owner: MikroORM, login: MikroORM): Promise<void> => {
  const [one, other] = await Promise.all(
    [owner, login].map(async (orm) => {
      const { rows } = await sql<{ place: string }>`
        select concat(oid, ' ', pg_postmaster_start_time()) as place from pg_database where datname = current_database()`.execute(
        orm.em.fork().getKysely(),
      );
      return rows[0]!.place;
    }),
  );
  if (one !== other) throw new Error("this is not the database of DATABASE_OWNER_URL");
};
