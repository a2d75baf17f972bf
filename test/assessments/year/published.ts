import { MERGED } from "./thanh-hoa.ts";

type Place = readonly [unit: string, score: number | null, rank: number | null, classification: string | null];

/** What is published, worked out by hand: 1.1 + 1.2 + tasks, then the four of dossiers, then the survey, bonus and penalty. */
export const COMMUNE_PLACES: readonly Place[] = [
  // 10 + 10 + 10, 50, 20, bonus 1.69.
  ["14848", 101.69, 1, "XUAT_SAC"],
  // 9 + 8 + 7, 40, 0.8 × 20.
  ["14854", 80, 2, "TOT"],
  // 7 + 6 + 4, 50, 0.65 × 20.
  ["14875", 80, 2, "TOT"],
  // 9.25 + 7.75 + 7, 15 + 3 (overruled) + 8.5 + 9, 0.75 × 20.
  ["14863", 74.5, 4, "KHA"],
  // 8 + 6.33 + 10 and 0.55 × 20 are 35.33 of 50.
  ["14890", 70.66, 5, "KHA"],
  // 8 + 7 + 4, 24, 0.6 × 20.
  ["14857", 55, 6, "TRUNG_BINH"],
  // 5 + 10 + 10, 21, 0.4 × 20.
  ["14864", 54, 7, "TRUNG_BINH"],
  // 6 + 5 + 0, 19, 0.5 × 20, penalty 2.
  ["14860", 38, 8, "YEU"],
  // 3 + 2 + 0, 3, 0.25 × 20.
  ["14866", 13, 9, "YEU"],
  // 6 + 6, 27 and 0.5 × 20 are 49 of 90: 54.444…; it is scored and not ranked.
  [MERGED, 54.44, null, "TRUNG_BINH"],
];
/** After the correction: 1.2 of 14875 is 6.5, not 6, and 14864 has a bonus of 1.5. */
export const CORRECTED_PLACES: readonly Place[] = [
  ["14848", 101.69, 1, "XUAT_SAC"],
  ["14875", 80.5, 2, "TOT"],
  ["14854", 80, 3, "TOT"],
  ["14863", 74.5, 4, "KHA"],
  ["14890", 70.66, 5, "KHA"],
  ["14864", 55.5, 6, "TRUNG_BINH"],
  ["14857", 55, 7, "TRUNG_BINH"],
  ["14860", 38, 8, "YEU"],
  ["14866", 13, 9, "YEU"],
  [MERGED, 54.44, null, "TRUNG_BINH"],
];
/** Places that are possible before the survey, which gives 0 to 20 points: 1 + those whose least is above my most, and 1 + those whose most is above my least. */
export const OPEN_PLACES: Readonly<Record<string, string>> = {
  // 80 to 100; above 80 may be 14854, 14875 and 14890.
  "14848": "1–4",
  // 64 to 84; all but 14857, 14860 and 14866 may be above 64.
  "14854": "1–7",
  // 43 to 63; 14848, 14854 and 14875 are above 63.
  "14857": "4–9",
  // 30 to 50; 14848, 14854, 14863 and 14875 are above 50.
  "14860": "5–9",
  // 59.5 to 79.5; 14848 is above 79.5, and 14860 and 14866 are below 59.5.
  "14863": "2–8",
  // 46 to 66; 14848 and 14875 are above 66.
  "14864": "3–9",
  // 8 to 28; all others are above 28.
  "14866": "10–10",
  // 67 to 87; above 67 may be 14848, 14854, 14863 and 14890.
  "14875": "1–5",
  // 24.33 to 44.33 of 50 are 48.66 to 88.66.
  "14890": "1–9",
  // 39 to 59 of 90 are 43.33 to 65.56; 14848 and 14875 are above that.
  [MERGED]: "3–9",
};
export const COMMUNE_CLASSES = { XUAT_SAC: 1, TOT: 2, KHA: 2, TRUNG_BINH: 2, YEU: 2 };

/** By name; with tasks 1.1 + 1.2 + 2.1 of 100, without them (1.1 + 1.2) / 80 × 100. */
export const DEPARTMENT_PLACES: readonly Place[] = [
  // 50 + 30 + 20, bonus 1.5.
  ["Sở Nội vụ", 101.5, 1, "XUAT_SAC"],
  // 47 + 29 + 15, where 3/4 is half-way from 10 to 20; and 48 + 28 + 15.
  ["Sở Tài chính", 91, 2, "XUAT_SAC"],
  ["Văn phòng Ủy ban nhân dân", 91, 2, "XUAT_SAC"],
  ["Sở Công Thương", 90, 4, "XUAT_SAC"],
  ["Sở Y tế", 87.5, 5, "TOT"],
  ["Sở Giáo dục và Đào tạo", 85, 6, "TOT"],
  ["Sở Khoa học và Công nghệ", 82.5, 7, "TOT"],
  ["Sở Nông nghiệp và Môi trường", 82.5, 7, "TOT"],
  // 45 + 27 + 10, where 1/2 is at the first step.
  ["Sở Tư pháp", 82, 9, "TOT"],
  ["Sở Văn hóa, Thể thao và Du lịch", 80, 10, "TOT"],
  ["Sở Dân tộc và Tôn giáo", 77.5, 11, "KHA"],
  ["Sở Ngoại vụ", 77.5, 11, "KHA"],
  ["Thanh tra tỉnh", 75, 13, "KHA"],
  ["Ban Quản lý Khu kinh tế Nghi Sơn", 72.5, 14, "KHA"],
  // 56.01 / 80 × 100 = 70.0125.
  ["Ban Quản lý Dự án giao thông", 70.01, 15, "KHA"],
  ["Ban Tiếp công dân", 67.5, 16, "KHA"],
  // 40 + 25 + 0, where 1/3 is below the first step.
  ["Sở Xây dựng", 65, 17, "KHA"],
  ["Trung tâm Phục vụ hành chính công", 62.5, 18, "TRUNG_BINH"],
  // 43.67 / 80 × 100 = 54.5875.
  ["Trung tâm Xúc tiến đầu tư", 54.59, 19, "TRUNG_BINH"],
  ["Văn phòng Điều phối nông thôn mới", 50, 20, "TRUNG_BINH"],
  // 30.5 / 80 × 100 = 38.125, penalty 1.
  ["Ban Quản lý Di sản thành nhà Hồ", 37.13, 21, "YEU"],
];
export const DEPARTMENT_CLASSES = { XUAT_SAC: 4, TOT: 6, KHA: 7, TRUNG_BINH: 3, YEU: 1 };

export const CENTRAL_PLACES: readonly Place[] = [
  // 65 + 0.9 × 30.
  ["Thuế tỉnh", 92, 1, "XUAT_SAC"],
  // 60 + 24, and 66 + 18.
  ["Bảo hiểm xã hội tỉnh", 84, 2, "TOT"],
  ["Kho bạc Nhà nước khu vực", 84, 2, "TOT"],
];
export const CENTRAL_CLASSES = { XUAT_SAC: 1, TOT: 2, KHA: 0, TRUNG_BINH: 0, YEU: 0 };
