/** Shows an Observable of the framework-free code to Vue. */
import { onScopeDispose, shallowRef, type ShallowRef } from "vue";

import type { Observable } from "@/rtc/observable";

export function useObservable<T>(observable: Observable<T>): Readonly<ShallowRef<T>> {
  const value = shallowRef(observable.value);
  onScopeDispose(observable.subscribe((next) => (value.value = next)));
  return value;
}
