/** Which browser this is, as far as the way to its camera permission differs. Pure, so that it can be tested. */

export type Platform = "wechat-ios" | "wechat-android" | "ios" | "android" | "other";

export function platformOf(userAgent: string): Platform {
  const apple = /iPhone|iPad|iPod/.test(userAgent);
  const android = userAgent.includes("Android");
  if (userAgent.includes("MicroMessenger")) return apple ? "wechat-ios" : "wechat-android";
  if (apple) return "ios";
  return android ? "android" : "other";
}
