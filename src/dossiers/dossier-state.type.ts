import { enumType } from "../lib/enum.ts";
import type { Channel, DossierState, PauseReason } from "./dossier-state.ts";

export const DossierStateEnum = enumType<DossierState>(
  "DossierState",
  "The national code list of dossier states, 1 to 10 in this order (trạng thái hồ sơ).",
  {
    SUBMITTED: "1: submitted online, not yet accepted (mới đăng ký).",
    RECEIVED: "2: accepted by the desk (được tiếp nhận).",
    NOT_ACCEPTED: "3: refused by the desk (không được tiếp nhận).",
    PROCESSING: "4: being processed (đang xử lý).",
    SUPPLEMENT_REQUESTED: "5: waiting for a supplement, paused (yêu cầu bổ sung giấy tờ).",
    FINANCIAL_OBLIGATION: "6: waiting for a payment, paused (yêu cầu thực hiện nghĩa vụ tài chính).",
    WITHDRAWN: "7: withdrawn by the citizen (công dân yêu cầu rút hồ sơ).",
    STOPPED: "8: stopped by the officer (dừng xử lý).",
    RESOLVED: "9: resolved, result not yet handed over (đã xử lý xong).",
    RESULT_RETURNED: "10: result handed over (đã trả kết quả).",
  },
);

export const ChannelEnum = enumType<Channel>("SubmissionChannel", "How a dossier was submitted (kênh thực hiện).", {
  DIRECT: "In person (trực tiếp).",
  ONLINE: "Online (trực tuyến).",
  POSTAL: "By public post (bưu chính công ích).",
});

export const PauseReasonEnum = enumType<PauseReason>("PauseReason", "Why processing is paused (lý do tạm dừng).", {
  SUPPLEMENT: "A supplement was requested (yêu cầu bổ sung).",
  FINANCIAL_OBLIGATION: "A payment is due (nghĩa vụ tài chính).",
});
