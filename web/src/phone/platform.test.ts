import { expect, test } from "vitest";

import { platformOf } from "./platform";

test.each([
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile Safari/604.1", "ios"],
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0.49", "wechat-ios"],
  ["Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36", "android"],
  ["Mozilla/5.0 (Linux; Android 13; V2217A) AppleWebKit/537.36 Chrome/116 XWEB/1160 MicroMessenger/8.0.49", "wechat-android"],
  ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36", "other"],
])("%s", (userAgent, platform) => {
  expect(platformOf(userAgent)).toBe(platform);
});
