import { getOperationAST, Kind, OperationTypeNode, parse } from "graphql";
import { DomainError } from "../../lib/errors.ts";
import type { Params } from "../params.ts";

const LONG = ["importDossiers", "importTasks", "submitReport"];

/** True if the request contains only such a mutation; the caller has checked the document's length. */
const isLong = ({ query, operationName }: Params): boolean => {
  if (typeof query !== "string") return false;
  try {
    const operation = getOperationAST(parse(query, { noLocation: true }), typeof operationName === "string" ? operationName : undefined);
    return (
      operation?.operation === OperationTypeNode.MUTATION &&
      operation.selectionSet.selections.every((one) => one.kind === Kind.FIELD && LONG.includes(one.name.value))
    );
  } catch {
    return false;
  }
};

/** @throws DomainError LIMIT_EXCEEDED for any other request with a long body, before its values are read. */
export const checkLongBody = (params: Params, bytes: number, { short, long }: { readonly short: number; readonly long: number }): void => {
  if (bytes <= short || isLong(params)) return;
  throw new DomainError(
    "LIMIT_EXCEEDED",
    `The body has ${bytes} bytes; the maximum is ${short} bytes, and ${long} for operations that contain only ${LONG.join(", ")} and whose document is ` +
      "sent as text or trusted",
    { http: { status: 413, headers: new Map() } },
  );
};
