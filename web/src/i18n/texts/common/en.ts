import type zh from "./zh-CN";

const en: typeof zh = {
  product: "Cloud Inspection",
  language: { label: "Language", "zh-CN": "中文", en: "English" },
  action: { retry: "Try again", cancel: "Cancel", close: "Close" },
  loading: "Loading…",
};
export default en;
