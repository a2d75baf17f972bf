/** The province, and the two departments that appraise. */
export const PROVINCE = "38";
export const INTERIOR = "38/so-noi-vu";
export const FINANCE = "38/so-tai-chinh";
/** A commune of huyện Quan Hóa that ended on 1 July 2025; xã Phú Lệ has its code since then. */
export const MERGED = "14878";

const BANDS = [
  { classification: "YEU", to: 50 },
  { classification: "TRUNG_BINH", from: 50, to: 65 },
  { classification: "KHA", from: 65, to: 80 },
  { classification: "TOT", from: 80, to: 90 },
  { classification: "XUAT_SAC", from: 90 },
];
const COMMON = { organiser: PROVINCE, index: "PAR", year: 2025, maxScore: 100, bands: BANDS };
const linear = (from: number, points: number) => ({ from, points, shape: "LINEAR" });
const step = (from: number, points: number) => ({ from, points });
const computed = (code: string, indicator: string, maxScore: number, steps: readonly object[]) => ({
  ...{ code, name: indicator, maxScore, scoring: "INDICATOR", indicator, steps },
});

export const COMMUNE_RUBRIC = {
  ...{ ...COMMON, block: "COMMUNES", blockName: "Khối xã, phường", name: "Bộ tiêu chí cấp xã", bonusMax: 3, penaltyMax: 3 },
  criteria: [
    { code: "1", name: "Chỉ đạo điều hành", maxScore: 30 },
    { code: "1.1", name: "Kế hoạch", maxScore: 10, scoring: "MANUAL", appraiser: INTERIOR, evidenceRequired: true },
    { code: "1.2", name: "Tuyên truyền", maxScore: 10, scoring: "MANUAL" },
    computed("1.3", "task-on-time", 10, [step(0.5, 4), step(0.75, 7), step(1, 10)]),
    { code: "2", name: "Thủ tục hành chính", maxScore: 50 },
    computed("2.1", "dossier-on-time", 20, [step(0.5, 8), linear(0.8, 10), step(1, 20)]),
    computed("2.2", "dossier-online", 10, [linear(0.2, 2), step(0.6, 10)]),
    computed("2.3", "dossier-overdue", 10, [linear(0, 10), step(0.2, 4), step(0.5, 0)]),
    computed("2.4", "dossier-on-time-handled", 10, [step(0.5, 5), linear(0.9, 8), step(1, 10)]),
    { code: "3", name: "Hài lòng của người dân", maxScore: 20, scoring: "SURVEY", steps: [linear(0, 0), step(1, 20)] },
  ],
};
export const DEPARTMENT_RUBRIC = {
  ...{ ...COMMON, block: "DEPARTMENTS", blockName: "Khối sở, ban, ngành", name: "Bộ tiêu chí cấp sở", bonusMax: 3, penaltyMax: 3 },
  criteria: [
    { code: "1", name: "Cải cách thể chế", maxScore: 80 },
    { code: "1.1", name: "Tổ chức bộ máy", maxScore: 50, scoring: "MANUAL", appraiser: INTERIOR },
    { code: "1.2", name: "Tài chính công", maxScore: 30, scoring: "MANUAL", appraiser: FINANCE },
    { code: "2", name: "Nhiệm vụ được giao", maxScore: 20 },
    computed("2.1", "task-on-time", 20, [linear(0.5, 10), step(1, 20)]),
  ],
};
export const CENTRAL_RUBRIC = {
  ...{ ...COMMON, block: "CENTRAL_AGENCIES", blockName: "Khối cơ quan Trung ương", name: "Bộ tiêu chí cơ quan Trung ương" },
  criteria: [
    { code: "1", name: "Phối hợp", maxScore: 70, scoring: "MANUAL" },
    { code: "2", name: "Hài lòng", maxScore: 30, scoring: "SURVEY", steps: [linear(0, 0), step(1, 30)] },
  ],
};

/** Numbers of dossiers of the year: resolved in time and late, at its end not yet due and overdue, and of all of them those received online. */
export type Dossiers = readonly [inTime: number, late: number, notDue: number, overdue: number, online: number];
/** Numbers of tasks with a deadline in the year: on time, and all. */
export type Tasks = readonly [onTime: number, all: number];
/** Self-score, first and second appraisal. */
export type Rounds = readonly [self: number, first: number, second?: number];
export interface Commune {
  readonly dossiers: Dossiers;
  readonly tasks: Tasks;
  readonly plan: Rounds;
  readonly outreach: Rounds;
  /** Of 100 people, how many answered with the weights 1, 0.5 and 0. */
  readonly answers: readonly [full: number, half: number, none: number];
}

export const COMMUNES: Readonly<Record<string, Commune>> = {
  "14848": { dossiers: [20, 0, 0, 0, 16], tasks: [4, 4], plan: [10, 10], outreach: [10, 9, 10], answers: [100, 0, 0] },
  "14854": { dossiers: [18, 2, 0, 0, 12], tasks: [3, 4], plan: [9.5, 9], outreach: [8, 8], answers: [70, 20, 10] },
  "14857": { dossiers: [16, 4, 0, 0, 7], tasks: [2, 4], plan: [8, 8], outreach: [8, 7], answers: [50, 20, 30] },
  "14860": { dossiers: [7, 3, 9, 1, 4], tasks: [1, 4], plan: [7, 6], outreach: [5, 5], answers: [50, 0, 50] },
  "14863": { dossiers: [9, 1, 10, 0, 2], tasks: [4, 5], plan: [9.25, 9.25], outreach: [9, 7, 7.75], answers: [75, 0, 25] },
  "14864": { dossiers: [5, 5, 5, 5, 10], tasks: [2, 2], plan: [6, 5], outreach: [10, 10], answers: [0, 80, 20] },
  "14866": { dossiers: [4, 6, 5, 5, 5], tasks: [0, 2], plan: [3, 3], outreach: [2, 2], answers: [25, 0, 75] },
  "14875": { dossiers: [10, 0, 10, 0, 20], tasks: [2, 3], plan: [8, 6.5, 7], outreach: [6, 6], answers: [60, 10, 30] },
  "14890": { dossiers: [0, 0, 0, 0, 0], tasks: [4, 4], plan: [8, 8], outreach: [7, 6.33], answers: [55, 0, 45] },
  [MERGED]: { dossiers: [8, 2, 0, 0, 5], tasks: [0, 0], plan: [6, 6], outreach: [6.5, 6], answers: [50, 0, 50] },
};
/** An appraiser overrules computed points: 2.2 of xã Pù Nhi, which are 0. */
export const OVERRULED = { unit: "14863", code: "2.2", points: 3 };

/** Points of 1.3 (tasks), 2.1 (in time), 2.2 (online), 2.3 (overdue) and 2.4 (handled) by hand; null where there is nothing to compute of. */
export const COMPUTED: Readonly<Record<string, readonly (number | null)[]>> = {
  // 4/4, 20/20, 16/20 beyond the last step, 0/20 at the first one, 20/20.
  "14848": [10, 20, 10, 10, 10],
  // 3/4 at a step; 18/20 half-way from 10 to 20; 12/20 at the last step; 2/20 half-way from 10 down to 4; 18/20 at a step.
  "14854": [7, 15, 10, 7, 8],
  // 2/4 at the first step; 16/20 where the line begins; 7/20 is 2 + 8 × 0.15/0.4; 4/20 where the line ends; 16/20 between two steps.
  "14857": [4, 10, 5, 4, 5],
  // 1/4 below the first step; 7/10 between; 4/20 at the first step; (3 + 1)/20; (7 + 9)/20.
  "14860": [0, 8, 2, 4, 5],
  // 4/5 between; 9/10; 2/20 below the first step; 1/20 is 10 − 6 × 0.05/0.2; 19/20 half-way from 8 to 10.
  "14863": [7, 15, 0, 8.5, 9],
  // 2/2; 5/10 at the first step; 10/20 is 2 + 8 × 0.3/0.4; (5 + 5)/20 at the last step; (5 + 5)/20 at the first one.
  "14864": [10, 8, 8, 0, 5],
  // 0/2; 4/10 below the first step; 5/20 is 2 + 8 × 0.05/0.4; 11/20 beyond the last step; 9/20 below the first one.
  "14866": [0, 0, 3, 0, 0],
  // 2/3 between; 10/10; 20/20; 0/20; (10 + 10)/20.
  "14875": [4, 20, 10, 10, 10],
  // 4/4, and no dossiers.
  "14890": [10, null, null, null, null],
  // No tasks; 8/10; 5/10; 2/10 where the line ends; 8/10.
  [MERGED]: [null, 10, 8, 4, 5],
};

/** Final points of 1.1 and 1.2, and by task the share on time; null where the unit has none, and 2.1 does not apply. */
export const DEPARTMENTS: readonly (readonly [name: string, organisation: number, finance: number, tasks: Tasks | null])[] = [
  ["Sở Nội vụ", 50, 30, [2, 2]],
  ["Sở Tài chính", 47, 29, [3, 4]],
  ["Văn phòng Ủy ban nhân dân", 48, 28, [3, 4]],
  ["Sở Tư pháp", 45, 27, [1, 2]],
  ["Sở Xây dựng", 40, 25, [1, 3]],
  ["Sở Công Thương", 44, 28, null],
  ["Sở Y tế", 43, 27, null],
  ["Sở Giáo dục và Đào tạo", 42, 26, null],
  ["Sở Khoa học và Công nghệ", 41, 25, null],
  ["Sở Nông nghiệp và Môi trường", 40, 26, null],
  ["Sở Văn hóa, Thể thao và Du lịch", 40, 24, null],
  ["Sở Dân tộc và Tôn giáo", 38, 24, null],
  ["Sở Ngoại vụ", 37.5, 24.5, null],
  ["Thanh tra tỉnh", 36, 24, null],
  ["Ban Quản lý Khu kinh tế Nghi Sơn", 35, 23, null],
  ["Ban Quản lý Dự án giao thông", 36.01, 20, null],
  ["Ban Tiếp công dân", 34, 20, null],
  ["Trung tâm Phục vụ hành chính công", 30, 20, null],
  ["Trung tâm Xúc tiến đầu tư", 28.5, 15.17, null],
  ["Văn phòng Điều phối nông thôn mới", 25, 15, null],
  ["Ban Quản lý Di sản thành nhà Hồ", 20, 10.5, null],
];

/** Points of 1, and of ten people those who were satisfied. */
export const CENTRAL: readonly (readonly [name: string, points: number, satisfied: number])[] = [
  ["Thuế tỉnh", 65, 9],
  ["Bảo hiểm xã hội tỉnh", 60, 8],
  ["Kho bạc Nhà nước khu vực", 66, 6],
];
