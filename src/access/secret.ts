import { createHash, randomBytes } from "node:crypto";

const PREFIX = "cchc_";
const FORM = /^cchc_[A-Za-z0-9_-]{43}$/;

/** 256 random bits, with a prefix by which scanners for leaked secrets find it. */
export const newSecret = (): string => PREFIX + randomBytes(32).toString("base64url");

export const isSecret = (text: string): boolean => FORM.test(text);

/** A plain hash suffices, because the secret has too many values to be guessed. */
export const secretHash = (secret: string): string => createHash("sha256").update(secret).digest("hex");
