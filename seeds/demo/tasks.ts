import type { VersionRow } from "../../src/hierarchy/unit-file.ts";
import type { FileRow } from "../../src/lib/files/file-row.ts";
import { type Day, dayOfEpoch, epochDay } from "../../src/lib/time/date.ts";
import type { DemoInput } from "./dossiers.ts";
import { DEMO_PROVINCES, type DemoProvince } from "./provinces.ts";
import { drawnFor, randomOf, weighted } from "./random.ts";
import { taskLifeOf } from "./task-life.ts";
import { type DemoUnit, demoUnits } from "./units.ts";
import { busyDays } from "./year.ts";

/** Tasks of all provinces. */
const YEARLY = 20_000;

const SUBJECTS: readonly (readonly [title: string, product: string])[] = [
  ["Rà soát, đơn giản hóa thủ tục hành chính", "Phương án đơn giản hóa"],
  ["Số hóa hồ sơ, kết quả giải quyết thủ tục hành chính", "Báo cáo kết quả số hóa"],
  ["Công khai thủ tục hành chính trên Cổng dịch vụ công", "Danh mục thủ tục đã công khai"],
  ["Xây dựng kế hoạch cải cách hành chính", "Kế hoạch"],
  ["Báo cáo công tác cải cách hành chính", "Báo cáo"],
  ["Kiểm tra công tác cải cách hành chính tại cơ sở", "Thông báo kết luận kiểm tra"],
  ["Khắc phục hạn chế trong tiếp nhận và trả kết quả", "Báo cáo khắc phục"],
  ["Khảo sát sự hài lòng của người dân, tổ chức", "Kết quả khảo sát"],
  ["Tập huấn sử dụng dịch vụ công trực tuyến", "Tài liệu và danh sách tập huấn"],
  ["Rà soát văn bản quy phạm pháp luật", "Danh mục văn bản"],
  ["Sắp xếp vị trí việc làm, tinh giản biên chế", "Đề án"],
  ["Triển khai chữ ký số, hồ sơ công việc điện tử", "Báo cáo triển khai"],
  ["Nâng cấp Bộ phận Tiếp nhận và Trả kết quả", "Biên bản nghiệm thu"],
  ["Xử lý phản ánh, kiến nghị của người dân", "Văn bản trả lời"],
];

/** Working days until the deadline. */
const TERMS = [5, 7, 10, 10, 15, 20, 20, 30, 45, 60];

interface Lead extends DemoUnit {
  readonly version: VersionRow;
}

interface Maker {
  readonly input: DemoInput;
  readonly province: DemoProvince;
  readonly leads: readonly Lead[];
  readonly random: () => number;
  readonly last: number;
  readonly made: Map<Day, number>;
}

interface Assignment {
  readonly lead: Lead;
  readonly assignedBy: string;
  readonly day: number;
  readonly due: number | null;
  readonly parent: string | null;
  readonly subject: readonly [title: string, product: string];
}

/** Generates the tasks of a province as rows of a file, delegated down to the communes; deterministic. @param scale the share of tasks to generate, from 0 to 1 */
export function* demoTasks(input: DemoInput, province: DemoProvince, scale = 1): Generator<FileRow> {
  const random = randomOf(Math.floor(drawnFor(`${province.source} tasks`) * 2 ** 32));
  const leads = leadsOf(input, province);
  const byKey = Map.groupBy(input.units.versions, ({ key }) => key);
  const parentOn = ({ parentKey }: VersionRow, day: Day): string | null =>
    byKey.get(parentKey ?? "")?.find((version) => isValidOn(version, day))?.code ?? null;
  const maker: Maker = { input, province, leads, random, last: epochDay(input.year.last), made: new Map() };
  const all = DEMO_PROVINCES.reduce((sum, { yearly }) => sum + yearly, 0);
  let [due, row] = [random(), 1];
  for (const { day, epoch, share } of busyDays(input.calendar, input.year)) {
    if (day < input.year.first) continue;
    due += YEARLY * scale * (province.yearly / all) * share;
    const open = leads.filter(({ version }) => isValidOn(version, day) && parentOn(version, day) !== null);
    const draw = weighted(open, leadWeight);
    while (due >= 1) {
      const lead = draw(random);
      const subject = SUBJECTS[Math.floor(random() * SUBJECTS.length)]!;
      const term = random() < 0.12 ? null : input.calendar.addEpoch(epoch, TERMS[Math.floor(random() * TERMS.length)]!);
      const assignedBy = parentOn(lead.version, day)!;
      const tasks = made(maker, { lead, assignedBy, day: epoch, due: term, parent: null, subject });
      for (const { cells } of tasks) yield { row: ++row, cells };
      due -= tasks.length;
    }
  }
}

const leadsOf = ({ units, year }: DemoInput, { codes }: DemoProvince): Lead[] => {
  const versions = new Map(units.versions.map((version) => [`${version.code} ${version.validFrom}`, version]));
  return demoUnits(units, codes, year).map((unit) => ({ ...unit, version: versions.get(`${unit.code} ${unit.from}`)! }));
};

const isValidOn = ({ validFrom, validTo }: VersionRow, day: Day) => validFrom <= day && (validTo === null || validTo > day);

const leadWeight = ({ tier, weight }: Lead): number => weight * ({ PROVINCE: 12, DISTRICT: 6, COMMUNE: 1, COUNTRY: 0 } as const)[tier];

interface Made {
  readonly cells: Readonly<Record<string, unknown>>;
  readonly ended: number | null;
}

/** A task with all that is delegated from it; a task ends after its parts. */
const made = (maker: Maker, assignment: Assignment): Made[] => {
  const { input, province, random, last } = maker;
  const { lead, day, due, subject } = assignment;
  const on = dayOfEpoch(day);
  const number = (maker.made.get(on) ?? 0) + 1;
  maker.made.set(on, number);
  const code = `${province.prefix}.NV-${on.slice(2).replaceAll("-", "")}-${String(number).padStart(3, "0")}`;
  const parts = partsOf(maker, assignment, code);
  const ends = parts.map(({ ended }) => ended);
  const notBefore = ends.includes(null) ? last + 1 : Math.max(day, ...ends.map((end) => end!));
  const leadUntil = lead.version.validTo === null ? null : epochDay(lead.version.validTo) - 1;
  const punctuality = 0.95 + (province.punctuality - 0.975) * 2 + lead.punctuality;
  const { cells, ended } = taskLifeOf(random, input.calendar, { day, due, notBefore, punctuality, leadUntil, last });
  const identity = { code, title: subject[0], product: subject[1], document: `${100 + Math.floor(random() * 3000)}/UBND-KSTT` };
  const units = { assignedBy: assignment.assignedBy, lead: lead.code, parent: assignment.parent };
  return [{ cells: { ...identity, ...units, assignedOn: on, ...cells }, ended }, ...parts];
};

/** Parts for some of the units below, given within days, each due by the deadline of the whole. */
const partsOf = (maker: Maker, { lead, day, due, subject }: Assignment, parent: string): Made[] => {
  const { input, leads, random, last } = maker;
  if (random() > 0.35 || (due !== null && due - day < 7)) return [];
  const begin = input.calendar.addEpoch(day, 1 + Math.floor(random() * 2));
  if (begin > last) return [];
  const on = dayOfEpoch(begin);
  const below = leads.filter(
    ({ version }) => version.parentKey === lead.version.key && isValidOn(version, on) && version.key !== lead.version.key,
  );
  if (below.length === 0 || !isValidOn(lead.version, on)) return [];
  const count = Math.min(below.length, 1 + Math.floor(random() * 3));
  const first = Math.floor(random() * below.length);
  return Array.from({ length: count }, (_, n) => below[(first + n) % below.length]!).flatMap((unit) =>
    made(maker, {
      lead: unit,
      assignedBy: lead.code,
      day: begin,
      due: due === null ? null : due - Math.floor(random() * 3),
      parent,
      subject,
    }),
  );
};
