export const SUBMIT =
  "mutation ($input: SubmitReportInput!) { submitReport(input: $input) { report { id state } problems { path code message } } }";
export const PUBLISH = "mutation ($id: ID!) { publishReport(input: { id: $id }) { report { id state } } }";
export const WITHDRAW = 'mutation ($id: ID!) { withdrawReport(input: { id: $id, reason: "nhập sai" }) { report { id state reason } } }';

export interface SubmitAnswer {
  readonly submitReport: {
    readonly report: { readonly id: string; readonly state: string } | null;
    readonly problems: readonly { readonly path: readonly string[]; readonly code: string; readonly message: string }[];
  };
}
