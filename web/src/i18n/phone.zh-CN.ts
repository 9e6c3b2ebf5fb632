/** Everything the phone says; loaded as one file. */
import common from "./texts/common/zh-CN";
import phone from "./texts/phone/zh-CN";

export default { common, phone };
