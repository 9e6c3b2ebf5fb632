/** What a device is, in words for people: "iPhone · Safari 18". From the user agent string, which tells no more. Pure. */

const SYSTEMS: readonly [RegExp, string][] = [
  [/iPhone/, "iPhone"],
  [/iPad/, "iPad"],
  [/HarmonyOS|OpenHarmony/, "HarmonyOS"],
  [/Windows/, "Windows"],
  [/CrOS/, "ChromeOS"],
  [/Macintosh/, "Mac"],
  [/Linux/, "Linux"],
];

/** The first that fits counts: most browsers also claim to be those after them. */
const BROWSERS: readonly [RegExp, string][] = [
  [/MicroMessenger\/(\d+)/, "WeChat"],
  [/DingTalk\/(\d+)/, "DingTalk"],
  [/HuaweiBrowser\/(\d+)/, "Huawei Browser"],
  [/Edg(?:A|iOS)?\/(\d+)/, "Edge"],
  [/(?:Firefox|FxiOS)\/(\d+)/, "Firefox"],
  [/(?:Chrome|CriOS)\/(\d+)/, "Chrome"],
  [/Version\/(\d+).*Safari/, "Safari"],
];

export function deviceName(userAgent: string): string {
  // Android's own is the model, where the browser still tells it: "Android 10; K" is what those say that do not.
  const android = /Android ([\d.]+)(?:; ([^;)]+?))?(?: Build\/[^;)]+)?[;)]/.exec(userAgent);
  const model = android?.[2]?.trim();
  const system = android
    ? model === undefined || model === "K" || /^(?:wv|[a-z]{2}[-_][A-Za-z]{2})$/.test(model)
      ? "Android"
      : model
    : SYSTEMS.find(([pattern]) => pattern.test(userAgent))?.[1];
  const browser = BROWSERS.map(([pattern, name]) => [pattern.exec(userAgent), name] as const).find(([found]) => found);
  const words = [system, browser && `${browser[1]} ${browser[0]?.[1] ?? ""}`];
  return words.filter(Boolean).join(" · ").slice(0, 100);
}
