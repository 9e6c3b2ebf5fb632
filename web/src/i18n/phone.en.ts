/** Everything the phone says; loaded as one file. */
import common from "./texts/common/en";
import phone from "./texts/phone/en";

export default { common, phone };
