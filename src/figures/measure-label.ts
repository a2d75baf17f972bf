import { DOSSIER, measureCode, type RollupKind, SERVICE, TASK } from "./measure.ts";

const labelsOf = (kind: RollupKind, labels: Record<string, string>): [string, string][] =>
  Object.entries(labels).map(([name, label]) => [measureCode(kind, name), label]);

const LABELS = new Map<string, string>([
  ...labelsOf(DOSSIER, {
    received: "hồ sơ đã tiếp nhận",
    receivedOnline: "hồ sơ tiếp nhận trực tuyến",
    receivedDirect: "hồ sơ tiếp nhận trực tiếp",
    receivedPostal: "hồ sơ tiếp nhận qua bưu chính công ích",
    carriedOver: "hồ sơ từ kỳ trước chuyển qua",
    resolved: "hồ sơ đã giải quyết",
    resolvedEarly: "hồ sơ giải quyết trước hạn",
    resolvedOnTime: "hồ sơ giải quyết đúng hạn",
    resolvedOverdue: "hồ sơ giải quyết quá hạn",
    inProcess: "hồ sơ đang giải quyết",
    inProcessNotDue: "hồ sơ đang giải quyết trong hạn",
    inProcessOverdue: "hồ sơ đang giải quyết quá hạn",
    withdrawn: "hồ sơ công dân rút",
    stopped: "hồ sơ dừng xử lý",
    paused: "hồ sơ tạm dừng",
  }),
  ...labelsOf(TASK, {
    total: "tổng số nhiệm vụ",
    withDeadline: "nhiệm vụ có thời hạn",
    withoutDeadline: "nhiệm vụ không có thời hạn",
    onTime: "nhiệm vụ đúng hạn",
    overdue: "nhiệm vụ quá hạn",
    completedOnTime: "nhiệm vụ hoàn thành đúng hạn",
    completedLate: "nhiệm vụ hoàn thành quá hạn",
    runningNotDue: "nhiệm vụ đang thực hiện trong hạn",
    runningOverdue: "nhiệm vụ đang thực hiện quá hạn",
    completedWithoutDeadline: "nhiệm vụ không có thời hạn đã hoàn thành",
    runningWithoutDeadline: "nhiệm vụ không có thời hạn đang thực hiện",
  }),
  ...labelsOf(SERVICE, {
    procedures: "thủ tục hành chính",
    online: "dịch vụ công trực tuyến mức độ 3, 4",
    onlineLevel3: "dịch vụ công trực tuyến mức độ 3",
    onlineLevel4: "dịch vụ công trực tuyến mức độ 4",
    usedOnline: "dịch vụ công trực tuyến có phát sinh hồ sơ",
    modernDesks: "bộ phận tiếp nhận và trả kết quả hiện đại",
    desks: "bộ phận tiếp nhận và trả kết quả",
  }),
  ["dossier.on-time-rate", "tỷ lệ hồ sơ giải quyết trước và đúng hạn"],
  ["dossier.desk-received-rate", "tỷ lệ hồ sơ tiếp nhận tại bộ phận tiếp nhận và trả kết quả"],
  ["dossier.online-rate", "tỷ lệ hồ sơ trực tuyến"],
  ["task.on-time-rate", "tỷ lệ nhiệm vụ đúng hạn"],
  ["service.online-rate", "tỷ lệ dịch vụ công trực tuyến"],
  ["service.used-online-rate", "tỷ lệ dịch vụ công trực tuyến có phát sinh hồ sơ"],
  ["service.modern-desk-rate", "tỷ lệ bộ phận tiếp nhận và trả kết quả hiện đại"],
  ["service.procedures-by-authority", "thủ tục hành chính theo thẩm quyền"],
  ["service.procedures-elsewhere", "thủ tục hành chính thực hiện tại nơi khác"],
  ["survey.satisfied-rate", "tỷ lệ hài lòng"],
  ["survey.satisfied", "số người hài lòng"],
  ["assessment.score", "điểm số"],
  ["assessment.rank", "thứ hạng"],
  ["ranking.count", "số đơn vị được xếp loại"],
  ["commendation.collectives", "tập thể được khen thưởng"],
  ["commendation.individuals", "cá nhân được khen thưởng"],
  ["enterprise.non-state-growth", "mức tăng số doanh nghiệp ngoài nhà nước"],
  ["delegation.visits", "đoàn công tác đến thăm"],
]);

/** What a measure counts, in Vietnamese; the code where it is none of ours. */
export const measureLabel = (code: string): string => LABELS.get(code) ?? code;
