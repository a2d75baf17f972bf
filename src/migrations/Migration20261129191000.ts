import { Migration } from '@mikro-orm/migrations';

export class Migration20261129191000 extends Migration {

  override name = 'Migration20261129191000';

  override up(): void | Promise<void> {
    this.addSql(`alter table "access_key" add "maker_id" int null, add "maker_token" text null, add "former_hash" text null, add "former_until" timestamptz null;`);
    this.addSql(`comment on column "access_key"."maker_id" is 'The key that made it, with which it ends; null where a token or a command did';`);
    this.addSql(`comment on column "access_key"."maker_token" is 'Actor of the token that made it; null where a key or a command did';`);
    this.addSql(`comment on column "access_key"."former_hash" is 'Of the secret before the last rotation, where that is accepted for a while longer';`);
    this.addSql(`comment on column "access_key"."former_until" is 'From when on the former secret is no longer accepted';`);
    this.addSql(`alter table "access_key" add constraint "access_key_former_hash_unique" unique ("former_hash");`);
    this.addSql(`create index "access_key_maker_id_index" on "access_key" ("maker_id");`);
    this.addSql(`create index "access_grant_unit_id_index" on "access_grant" ("unit_id");`);
    this.addSql(`alter table "access_key" add constraint "access_key_maker_id_foreign" foreign key ("maker_id") references "access_key" ("id") on delete cascade;`);
    // The trail knows who made the keys that are there.
    this.addSql(`update "access_key" k set "maker_id" = m."id" from "audit_entry" a join "access_key" m on a."actor" = 'key:' || m."key"
      where a."operation" = 'createAccessKey' and a."subject" = k."key" and m."id" < k."id";`);
    this.addSql(`update "access_key" k set "maker_token" = a."actor" from "audit_entry" a
      where a."operation" = 'createAccessKey' and a."subject" = k."key" and a."actor" like 'token:%';`);
    this.addSql(`grant update ("former_hash", "former_until") on "access_key" to cchc_service;`);
  }

  override down(): void | Promise<void> {
    this.addSql(`alter table "access_key" drop constraint "access_key_maker_id_foreign";`);
    this.addSql(`alter table "access_key" drop column "maker_id", drop column "maker_token", drop column "former_hash", drop column "former_until";`);
    this.addSql(`drop index "access_grant_unit_id_index";`);
  }

}
