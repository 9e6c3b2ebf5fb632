/** Everything the phone says; loaded as one file. */
import arrival from "./texts/arrival/zh-CN";
import common from "./texts/common/zh-CN";
import hand from "./texts/hand/zh-CN";
import incall from "./texts/incall/zh-CN";
import inroom from "./texts/inroom/zh-CN";
import onsite from "./texts/onsite/zh-CN";
import outcome from "./texts/outcome/zh-CN";
import phone from "./texts/phone/zh-CN";
import photos from "./texts/photos/zh-CN";

export default { arrival, common, hand, incall, inroom, onsite, outcome, phone, photos };
