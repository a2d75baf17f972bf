/** Variables of the environment that are not settings but look like misspelt ones. */
export interface UnknownVariables {
  /** Names close to one setting, whose protection would be missing. */
  readonly refused: readonly string[];
  /** Names with a prefix of ours, which may belong to another program. */
  readonly warned: readonly string[];
}

const COMMON_WORDS = new Set(["DATABASE", "DATA", "LOG"]);
/** Names this short differ by one letter from unrelated words. */
const SHORT = 5;
/** Variables that Kubernetes and Docker set for other services. */
const SERVICE_LINK = /_SERVICE_(?:HOST|PORT(?:_\w+)?)$|_PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:ADDR|PORT|PROTO))?$/;
const LINK = /^(?:tcp|udp|sctp):\/\//;

export const unknownVariables = (variables: NodeJS.ProcessEnv, known: readonly string[]): UnknownVariables => {
  const [refused, warned]: [string[], string[]] = [[], []];
  for (const [name, value] of Object.entries(variables)) {
    if (!value?.trim()) continue;
    if (known.includes(name)) {
      if (isLink(name, value))
        warned.push(`${name} is ${value}, the address of a service of that name, and is ignored (enableServiceLinks: false)`);
      continue;
    }
    if (isLink(name, value)) continue;
    const given = name
      .toUpperCase()
      .replaceAll("-", "_")
      .replace(/^CCHC_(?:GRAPH_)?/, "");
    const meant = known.find((one) => distance(given, one) <= (one.length < SHORT ? 1 : 2));
    const family = known.filter((one) => one.startsWith(`${wordOf(name)}_`));
    if (meant !== undefined) {
      const message = `${name} is not a setting; did you mean ${meant}? Unset it if it belongs to another program`;
      (meant.length < SHORT ? warned : refused).push(message);
    } else if (name.startsWith("CCHC_")) warned.push(`${name} is not a setting and is ignored; docs/operations.md lists the settings`);
    else if (name.includes("_") && family.length > 0 && !COMMON_WORDS.has(wordOf(name)))
      warned.push(`${name} is not a setting and is ignored; settings with this prefix are ${family.join(", ")}`);
  }
  return { refused, warned };
};

export const isLink = (name: string, value: string): boolean => SERVICE_LINK.test(name) || (name.endsWith("_PORT") && LINK.test(value));

const wordOf = (name: string): string => name.split("_", 1)[0]!;

/** Edit distance: replaced, added, missing or swapped letters. */
const distance = (a: string, b: string): number => {
  if (Math.abs(a.length - b.length) > 2) return Number.POSITIVE_INFINITY;
  const rows = Array.from({ length: a.length + 1 }, (_, i) => Array.from({ length: b.length + 1 }, (__, j) => i + j));
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++) {
      const other = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, rows[i - 1]![j - 1]! + other);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, rows[i - 2]![j - 2]! + 1);
      rows[i]![j] = least;
    }
  return rows[a.length]![b.length]!;
};
