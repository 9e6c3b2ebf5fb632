/** Everything the laptop says; loaded as one file. */
import call from "./texts/call/en";
import caseTexts from "./texts/case/en";
import cases from "./texts/cases/en";
import common from "./texts/common/en";
import errors from "./texts/errors/en";
import invitations from "./texts/invitations/en";
import replay from "./texts/replay/en";
import shell from "./texts/shell/en";
import signIn from "./texts/sign-in/en";

export default { call, case: caseTexts, cases, common, errors, invitations, replay, shell, signIn };
