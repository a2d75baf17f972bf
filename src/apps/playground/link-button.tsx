import { pick, ToolbarButton, useGraphiQL } from "@graphiql/react";
import { linkTo, type Refusal } from "./link.ts";
import type { Notify } from "./notice.tsx";

const REFUSALS: Readonly<Record<Refusal, string>> = {
  SECRET: "Câu hỏi có chứa khoá truy cập nên không làm liên kết. (It holds an access key, so no link was made.)",
  TOO_LONG: "Câu hỏi dài quá để làm liên kết. (It is too long for a link.)",
};

export const LinkButton = ({ notify }: { notify: Notify }) => {
  const { queryEditor, variableEditor } = useGraphiQL(pick("queryEditor", "variableEditor"));
  const share = async () => {
    const question = { query: queryEditor?.getValue() ?? "", variables: variableEditor?.getValue() ?? "" };
    const link = linkTo(question, location.origin + location.pathname);
    if ("refused" in link) return notify(REFUSALS[link.refused]);
    // Browsers block the clipboard on pages without TLS; the address can be copied by hand.
    history.replaceState(null, "", link.url);
    const isCopied = await navigator.clipboard?.writeText(link.url).then(
      () => true,
      () => false,
    );
    notify(
      isCopied
        ? "Đã chép liên kết, không kèm header và khoá truy cập. (Link copied, without headers and keys.)"
        : "Liên kết ở thanh địa chỉ, không kèm header và khoá truy cập. (The link is in the address bar, without headers and keys.)",
    );
  };
  return (
    <ToolbarButton label="Liên kết tới câu hỏi này (link to this query)" onClick={() => void share()}>
      <svg className="graphiql-toolbar-icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2" aria-hidden="true">
        <path d="M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1" />
      </svg>
    </ToolbarButton>
  );
};
