/** What this window remembers of a chat over a reload: what was written and not sent yet, and how far it was read. */

export interface Unsent {
  id: string;
  text: string;
}

export interface ChatMemory {
  unsent: () => readonly Unsent[];
  keepUnsent: (unsent: readonly Unsent[]) => void;
  /** The newest message that was read; null: none. */
  readUpTo: () => string | null;
  keepReadUpTo: (messageId: string) => void;
}

type Store = Pick<Storage, "getItem" | "setItem">;

/** Browsers may refuse storage altogether; then it is remembered until the page is closed. */
export function createChatMemory(seat: string, storage: () => Store): ChatMemory {
  const own = new Map<string, string>();
  const key = (name: string): string => `inspect.chat.${name}.${seat}`;
  const read = (name: string): string | null => {
    try {
      return storage().getItem(key(name));
    } catch {
      return own.get(name) ?? null;
    }
  };
  const keep = (name: string, text: string): void => {
    own.set(name, text);
    try {
      storage().setItem(key(name), text);
    } catch {
      // Then only a reload loses it.
    }
  };
  return {
    unsent: () => JSON.parse(read("unsent") ?? "[]") as Unsent[],
    keepUnsent: (unsent) => keep("unsent", JSON.stringify(unsent.map(({ id, text }) => ({ id, text })))),
    readUpTo: () => read("read"),
    keepReadUpTo: (messageId) => keep("read", messageId),
  };
}
