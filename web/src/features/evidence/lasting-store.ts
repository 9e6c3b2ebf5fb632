/**
 * Keeps in IndexedDB what is not on the server yet, so that a reload, a crash or an empty battery loses no picture.
 *
 * One database for the browser; what belongs to another seat than this page's stays for its own page.
 */
import type { Outgoing, OutgoingStore } from "./outbox";

const NAME = "inspect-photos";
const OUTGOING = "outgoing";

interface Kept extends Outgoing {
  seat: string;
  addedAtMs: number;
}

/** `seat`: who sends it into which inspection; nobody else may. */
export function createLastingStore(seat: string): OutgoingStore {
  return {
    async all() {
      const kept = await within<Kept[]>("readonly", (store) => store.getAll());
      return kept
        .filter((one) => one.seat === seat)
        .sort((a, b) => a.addedAtMs - b.addedAtMs)
        .map(({ id, about, file, requestId }) => ({ id, about, file, requestId }));
    },
    async add(outgoing) {
      await within("readwrite", (store) => store.put({ ...outgoing, seat, addedAtMs: Date.now() } satisfies Kept));
    },
    async remove(id) {
      await within("readwrite", (store) => store.delete(id));
    },
  };
}

/** Runs one request in a transaction of its own; resolves when the browser has it on its disk. */
async function within<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest): Promise<T> {
  const database = await opened();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(OUTGOING, mode);
      const request = act(transaction.objectStore(OUTGOING));
      transaction.oncomplete = () => resolve(request.result as T);
      transaction.onabort = transaction.onerror = () => reject(failure(transaction.error));
    });
  } finally {
    database.close();
  }
}

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(OUTGOING, { keyPath: "id" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(failure(request.error));
  });
}

function failure(error: DOMException | null): DOMException {
  return error ?? new DOMException("The browser keeps nothing", "AbortError");
}
