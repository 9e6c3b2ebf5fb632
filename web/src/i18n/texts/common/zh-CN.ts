/** Words that both laptop and phone use. */
export default {
  product: "云勘验",
  language: { label: "语言", "zh-CN": "中文", en: "English" },
  action: { retry: "重试", cancel: "取消", close: "关闭" },
  loading: "正在加载…",
};
