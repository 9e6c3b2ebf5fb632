/** Everything the phone says; loaded as one file. */
import arrival from "./texts/arrival/en";
import common from "./texts/common/en";
import hand from "./texts/hand/en";
import incall from "./texts/incall/en";
import inroom from "./texts/inroom/en";
import onsite from "./texts/onsite/en";
import outcome from "./texts/outcome/en";
import phone from "./texts/phone/en";
import photos from "./texts/photos/en";

export default { arrival, common, hand, incall, inroom, onsite, outcome, phone, photos };
