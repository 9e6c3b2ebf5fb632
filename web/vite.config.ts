import { resolve } from "node:path";

import vue from "@vitejs/plugin-vue";
import elementPlusStyles from "unplugin-element-plus/vite";
import { defineConfig } from "vitest/config";

const server = process.env.INSPECT_DEV_SERVER ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [vue(), elementPlusStyles({})],
  resolve: { alias: { "@": resolve(import.meta.dirname, "src") } },
  define: { __VUE_I18N_LEGACY_API__: false, __INTLIFY_PROD_DEVTOOLS__: false },
  build: {
    // WeChat's own browser engines lag behind; these two are the oldest in use with WebRTC and H.264.
    target: ["chrome87", "safari14"],
    rolldownOptions: {
      input: {
        laptop: resolve(import.meta.dirname, "index.html"),
        phone: resolve(import.meta.dirname, "m/index.html"),
      },
    },
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": { target: server, ws: true } },
  },
  test: { include: ["src/**/*.test.ts", "tools/**/*.test.ts"], environment: "node" },
});
