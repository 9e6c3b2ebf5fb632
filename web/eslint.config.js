import js from "@eslint/js";
import vue from "eslint-plugin-vue";
import accessibility from "eslint-plugin-vuejs-accessibility";
import { defineConfig, globalIgnores } from "eslint/config";
import ts from "typescript-eslint";

export default defineConfig(
  globalIgnores(["dist/", "src/api/generated/"]),
  js.configs.recommended,
  ts.configs.strictTypeChecked,
  vue.configs["flat/recommended"],
  accessibility.configs["flat/recommended"],
  {
    languageOptions: {
      parserOptions: {
        parser: ts.parser,
        project: ["./tsconfig.json", "./tsconfig.node.json"],
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: [".vue"],
      },
    },
    rules: {
      // The compiler says it better.
      "no-undef": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "vue/component-api-style": ["error", ["script-setup"]],
      "vue/block-lang": ["error", { script: { lang: "ts" } }],
      "vue/html-self-closing": ["error", { html: { void: "always", normal: "never", component: "always" } }],
      // Layout of long tags is left to the writer; one attribute per line makes templates twice as long.
      "vue/max-attributes-per-line": "off",
      "vue/singleline-html-element-content-newline": "off",
      "vue/html-indent": "off",
      "vue/html-closing-bracket-newline": "off",
      "vue/multi-word-component-names": "off",
      "vue/require-default-prop": "off",
      "vue/no-v-html": "error",
      // Labels are tied by id or nesting; either is enough for every screen reader in use.
      "vuejs-accessibility/label-has-for": ["error", { required: { some: ["nesting", "id"] } }],
      "vuejs-accessibility/media-has-caption": "off",
      "max-lines": ["error", { max: 500, skipBlankLines: true }],
    },
  },
  {
    files: ["src/phone/**/*.ts", "src/phone/**/*.vue"],
    ignores: ["src/phone/later.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        { name: "vue", importNames: ["defineAsyncComponent"], message: "On a weak link a part may fail to load: later.ts tries again." },
      ],
    },
  },
  { files: ["**/*.js", "**/*.mjs"], extends: [ts.configs.disableTypeChecked] },
);
