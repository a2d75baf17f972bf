import { Migration } from '@mikro-orm/migrations';

export class Migration20261129183000 extends Migration {

  override name = 'Migration20261129183000';

  override up(): void | Promise<void> {
    // Letters that look like Đ are folded as it is.
    this.addSql(`update "unit_name" set "words" = translate("words", 'ðɖ', 'dd'), "full_words" = translate("full_words", 'ðɖ', 'dd') where "full_words" ~ '[ðɖ]';`);
    this.addSql(`update "procedure" set "words" = translate("words", 'ðɖ', 'dd') where "words" ~ '[ðɖ]';`);
    this.addSql(`alter table "unit_name" add column "full_name" text null;`);
    this.addSql(`update "unit_name" n set "full_name" = v."full_name" from "unit_version" v
      where v."unit_id" = n."unit_id" and v."valid_from" = n."known_from" and n."own_until" is distinct from n."known_from";`);
    // The names of units that went whole into others, from one to the next.
    this.addSql(`with recursive former as (
        select s.successor_id as unit_id, s.effective_on, n.words, n.full_words, n.full_name from succession s
        join unit_name n on n.unit_id = s.predecessor_id and n.own_until is distinct from n.known_from where s.kind = 'WHOLE'
        union all
        select s.successor_id, s.effective_on, f.words, f.full_words, f.full_name from former f
        join succession s on s.predecessor_id = f.unit_id and s.kind = 'WHOLE' and s.effective_on >= f.effective_on
      ), gone as (delete from unit_name where own_until = known_from)
      insert into unit_name (unit_id, known_from, own_until, words, full_words, full_name)
      select unit_id, effective_on, effective_on, words, full_words, full_name from former;`);
    this.addSql(`update "unit_name" set "full_name" = trim("full_words") where "full_name" is null;`);
    this.addSql(`alter table "unit_name" alter column "full_name" set not null;`);
    this.addSql(`comment on column "unit_name"."full_name" is 'As it is written';`);
  }

  override down(): void | Promise<void> {
    this.addSql(`alter table "unit_name" drop column "full_name";`);
  }

}
