/**
 * Who is signed in. One per page; knows nothing of routes or texts.
 *
 * `expired` is raised when the server no longer accepts a sign-in that this page believed in, and is lowered by the
 * next sign-in: the router and the sign-in page act on it.
 */
import { inject, type InjectionKey, readonly, type Ref, ref, shallowRef } from "vue";

import { ApiError, type Schema } from "@/api/client";
import type { StaffApi } from "@/api/staff";

export interface SignInState {
  me: Readonly<Ref<Schema<"Me"> | null>>;
  expired: Readonly<Ref<boolean>>;
  /** Why nobody knows who is signed in, until the server could be asked; else null. */
  failure: Readonly<Ref<unknown>>;
  /** Asks the server once; later calls answer from memory. Throws what is no plain "nobody is signed in". */
  ensure: () => Promise<Schema<"Me"> | null>;
  signIn: (name: string, password: string) => Promise<void>;
  signOut: () => Promise<void>;
  /** The server said `not_signed_in`. */
  lost: () => void;
}

export const signInStateKey: InjectionKey<SignInState> = Symbol("sign-in-state");

export function useSignInState(): SignInState {
  const state = inject(signInStateKey);
  if (!state) throw new Error("The entry provides no sign-in state");
  return state;
}

export function createSignInState(api: Pick<StaffApi, "me" | "signIn" | "signOut">): SignInState {
  const me = ref<Schema<"Me"> | null>(null);
  const expired = ref(false);
  const failure = shallowRef<unknown>(null);
  let asked = false;

  const ensure = async (): Promise<Schema<"Me"> | null> => {
    if (asked) return me.value;
    try {
      me.value = await api.me();
    } catch (error) {
      if (!(error instanceof ApiError && error.code === "not_signed_in")) {
        failure.value = error;
        throw error;
      }
      me.value = null;
    }
    failure.value = null;
    asked = true;
    return me.value;
  };

  return {
    me: readonly(me) as Readonly<Ref<Schema<"Me"> | null>>,
    expired: readonly(expired),
    failure: readonly(failure),
    ensure,
    signIn: async (name, password) => {
      me.value = await api.signIn({ name, password });
      asked = true;
      expired.value = false;
    },
    signOut: async () => {
      try {
        await api.signOut();
      } catch (error) {
        // Gone already is what was wanted.
        if (!(error instanceof ApiError && error.code === "not_signed_in")) throw error;
      }
      me.value = null;
      expired.value = false;
    },
    lost: () => {
      if (me.value !== null) expired.value = true;
      me.value = null;
      asked = true;
    },
  };
}
