/** For the linter, which reads TypeScript without Vue's compiler: a .vue file is a component. */
declare module "*.vue" {
  import type { Component } from "vue";

  const component: Component;
  export default component;
}
