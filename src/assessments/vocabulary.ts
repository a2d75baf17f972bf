export const INDEX_NAMES = {
  PAR: "Chỉ số cải cách hành chính",
  ARCHIVES: "Công tác văn thư, lưu trữ",
  SIPAS: "Chỉ số hài lòng về sự phục vụ hành chính",
  PAPI: "Chỉ số hiệu quả quản trị và hành chính công cấp tỉnh",
  PCI: "Chỉ số năng lực cạnh tranh cấp tỉnh",
  DDCI: "Chỉ số năng lực cạnh tranh cấp sở, ban, ngành và địa phương",
  DTI: "Chỉ số chuyển đổi số",
  SERVICE_QUALITY: "Bộ chỉ số phục vụ người dân, doanh nghiệp",
  OTHER: "Chỉ số khác",
} as const;
export type IndexKind = keyof typeof INDEX_NAMES;

export type CommendationForm = "CERTIFICATE_OF_MERIT" | "CERTIFICATE";

export interface Classification {
  readonly code: string;
  readonly label: string;
  readonly labelEn: string;
}

const CLASSIFICATIONS = new Map(
  [
    { code: "XUAT_SAC", label: "xuất sắc", labelEn: "excellent" },
    { code: "TOT", label: "tốt", labelEn: "good" },
    { code: "KHA", label: "khá", labelEn: "fair" },
    { code: "TRUNG_BINH_KHA", label: "trung bình khá", labelEn: "fairly average" },
    { code: "TRUNG_BINH", label: "trung bình", labelEn: "average" },
    { code: "YEU", label: "yếu", labelEn: "weak" },
    { code: "CHUA_DAT", label: "chưa đạt", labelEn: "not met" },
  ].map((classification): [string, Classification] => [classification.code, classification]),
);

export const CLASSIFICATION_CODES: readonly string[] = [...CLASSIFICATIONS.keys()];

/** Labels differ by rubric; an unusual code is its own label. */
export const classificationOf = (code: string | undefined): Classification | null =>
  code === undefined ? null : (CLASSIFICATIONS.get(code) ?? { code, label: code, labelEn: code });

const BLOCK_NAMES: Record<string, string> = {
  CENTRAL_AGENCIES: "Khối cơ quan Trung ương trên địa bàn",
  VERTICAL_AGENCIES: "Khối cơ quan ngành dọc",
  DEPARTMENTS: "Khối sở, ban, ngành",
  DIVISIONS: "Khối phòng chuyên môn",
  PROVINCES: "Khối tỉnh, thành phố",
  DISTRICTS: "Khối quận, huyện, thị xã, thành phố",
  COMMUNES: "Khối xã, phường, thị trấn",
  ALL: "Tất cả cơ quan, địa phương",
};
export const blockOf = (code: string) => ({ code, name: BLOCK_NAMES[code] ?? code });
