import { admin } from "../../support/database.ts";

/**
 * A substitute for the extension in a database without it: its catalogues, and functions with its names that record their calls and refuse
 * what Citus refuses (a policy with a subquery; a foreign key to a table that is not replicated yet). It distributes nothing.
 */
export const standInForCitus = (url: string): Promise<void> =>
  admin(
    url,
    `set allow_system_table_mods = on;
    insert into pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
      values (4000000001, 'citus', (select oid from pg_roles where rolname = current_user), 'pg_catalog'::regnamespace, false, '13.0-1');
    create table pg_catalog.citus_call (n serial primary key, text text not null);
    create table pg_catalog.pg_dist_partition (logicalrelid regclass primary key, partmethod "char" not null, repmodel "char" not null);
    create table pg_catalog.pg_dist_object (classid oid not null, objid oid not null);
    create function pg_catalog.citus_stand_in(name regclass, method "char", model "char") returns void language plpgsql as $$ begin
      if exists (select from pg_policy where polrelid = name and concat(polqual::text, polwithcheck::text) like '%{SUBLINK %') then
        raise exception 'cannot create policy: subqueries are not supported in policies on distributed tables (%)', name;
      end if;
      if exists (select from pg_constraint f where f.conrelid = name and f.contype = 'f' and f.confrelid <> name
          and not exists (select from pg_dist_partition p where p.logicalrelid = f.confrelid and p.repmodel = 't')) then
        raise exception 'cannot create foreign key constraint: % refers to a table that is no reference table', name;
      end if;
      insert into pg_dist_partition values (name, method, model);
    end $$;
    create function pg_catalog.create_distributed_table(name regclass, by text, colocate_with text) returns void language plpgsql as $$ begin
      perform citus_stand_in(name, 'h', 's');
      insert into citus_call (text) values (format('distributed %s by %s beside %s', name, by, colocate_with));
    end $$;
    create function pg_catalog.create_reference_table(name regclass) returns void language plpgsql as $$ begin
      perform citus_stand_in(name, 'n', 't');
      insert into citus_call (text) values (format('reference %s', name));
    end $$;
    create function pg_catalog.create_distributed_function(name regprocedure) returns void language plpgsql as $$ begin
      insert into pg_dist_object values ('pg_proc'::regclass, name);
      insert into citus_call (text) values (format('function %s', name::oid::regproc));
    end $$;`,
  );
