/** Everything the laptop says; loaded as one file. */
import call from "./texts/call/zh-CN";
import caseTexts from "./texts/case/zh-CN";
import cases from "./texts/cases/zh-CN";
import common from "./texts/common/zh-CN";
import errors from "./texts/errors/zh-CN";
import invitations from "./texts/invitations/zh-CN";
import replay from "./texts/replay/zh-CN";
import shell from "./texts/shell/zh-CN";
import signIn from "./texts/sign-in/zh-CN";

export default { call, case: caseTexts, cases, common, errors, invitations, replay, shell, signIn };
