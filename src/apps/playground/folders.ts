export interface Example {
  readonly vi: string;
  readonly en: string;
  readonly query: string;
}

export interface Folder {
  readonly vi: string;
  readonly en: string;
  readonly operations: readonly Example[];
}

/** Returns no folders if they cannot be loaded: the page then opens without examples. */
export const readFolders = async (endpoint: string): Promise<readonly Folder[]> => {
  const response = await fetch(`${endpoint}/operations.json`).catch(() => null);
  return response?.ok ? ((await response.json()) as Folder[]) : [];
};

export const isExample = (folders: readonly Folder[], text: string): boolean =>
  folders.some(({ operations }) => operations.some(({ query }) => query.trim() === text.trim()));
