export interface TaskIdentity {
  readonly sourceNo: number;
  readonly code: string;
}

const MAX_SOURCE = 2_147_483_647;

/** The id consists of the number of the source, which never changes, and the code. */
export const taskIdOf = ({ sourceNo, code }: TaskIdentity): string => Buffer.from(`${sourceNo}:${code}`).toString("base64url");

/** Null for what can be no id, which is answered like one that nothing has. A task has one id only. */
export const parseTaskId = (id: string): TaskIdentity | null => {
  const match = /^(\d{1,10}):([^\0]{1,300})$/.exec(Buffer.from(id, "base64url").toString("utf8"));
  if (!match) return null;
  const identity = { sourceNo: Number(match[1]), code: match[2]! };
  return identity.sourceNo <= MAX_SOURCE && taskIdOf(identity) === id ? identity : null;
};
