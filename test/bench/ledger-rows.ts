import type { EntityManager } from "@mikro-orm/postgresql";
import { sql } from "kysely";
import { randomOf } from "../../seeds/demo/random.ts";
import type { FileRow } from "../../src/lib/files/file-row.ts";
import { addDays, type Day, epochDay } from "../../src/lib/time/date.ts";

const REFORM: Day = "2025-07-01";
export const FIRST: Day = "2023-12-01";
export const LAST: Day = "2026-11-15";
const FIELDS = 20;
const PROCEDURES = 200;

export const fillProcedures = async (em: EntityManager): Promise<void> => {
  const db = em.getKysely();
  await sql`insert into procedure_field (code, name) select 'F' || lpad(n::text, 2, '0'), 'Field ' || n from generate_series(1, ${FIELDS}) n`.execute(
    db,
  );
  await sql`
    insert into procedure (code, name, words, field_id, competence, service_level, working_days, has_fee)
    select '1.' || lpad(n::text, 6, '0'), 'Procedure ' || n, ' procedure ' || n, f.id, 'COMMUNE', (array['INFORMATION', 'PARTIAL', 'FULL'])[n % 3 + 1],
      case when n % 10 = 0 then null else n % 20 + 1 end, n % 4 = 0
    from generate_series(1, ${PROCEDURES}) n join procedure_field f on f.code = 'F' || lpad((n % ${FIELDS} + 1)::text, 2, '0')`.execute(db);
};

interface Commune {
  readonly code: string;
  /** The code of one commune that went into it in the reform, or its own. */
  readonly former: string;
}

export const communes = async (em: EntityManager): Promise<Commune[]> => {
  const { rows } = await sql<Commune>`
    select v.code, coalesce((select o.code from succession s join unit_version o on o.unit_id = s.predecessor_id and o.valid_to = ${REFORM}
        where s.successor_id = v.unit_id and o.tier = 'COMMUNE' and o.valid_from <= ${FIRST} order by o.code limit 1), p.code) as former
    from unit_version v left join unit_version p on p.unit_id = v.unit_id and p.valid_from <= ${FIRST} and p.valid_to >= ${REFORM}
    where v.tier = 'COMMUNE' and v.valid_from <= ${LAST} and (v.valid_to is null or v.valid_to > ${LAST}) order by v.code`.execute(
    em.getKysely(),
  );
  return rows.filter(({ former }) => former !== null);
};

/** Made-up dossiers, spread over three years and all communes, as a file has them. */
export async function* ledgerRows(places: readonly Commune[], count: number, seed = 1): AsyncGenerator<FileRow> {
  const random = randomOf(seed);
  const days = epochDay(LAST) - epochDay(FIRST);
  const texts = Array.from({ length: days + 60 }, (_, n) => addDays(FIRST, n));
  for (let n = 0; n < count; n++) {
    const received = Math.floor(random() * days);
    const day = texts[received]!;
    const place = places[Math.floor(random() * places.length)]!;
    const took = Math.floor(random() ** 2 * 30);
    const isEnded = received + took < days;
    const isPaused = isEnded && took > 6 && random() < 0.05;
    const ended = isEnded ? `${texts[received + took]}T16:00:00+07:00` : null;
    yield {
      row: n + 2,
      cells: {
        code: `D-${n}`,
        procedure: `1.${String(Math.floor(random() * PROCEDURES) + 1).padStart(6, "0")}`,
        unit: day < REFORM ? place.former : place.code,
        channel: ["DIRECT", "ONLINE", "ONLINE", "POSTAL"][Math.floor(random() * 4)],
        state: isEnded ? (random() < 0.95 ? "RESOLVED" : "WITHDRAWN") : "PROCESSING",
        receivedAt: `${day}T08:30:00+07:00`,
        endedAt: ended,
        pauses: isPaused ? `SUPPLEMENT:${texts[received + 2]}T09:00:00+07:00/${texts[received + 5]}T09:00:00+07:00` : null,
        electronicResult: n % 3 === 0,
        digitised: n % 2 === 0,
        updatedAt: ended ?? `${day}T09:00:00+07:00`,
      },
    };
  }
}
