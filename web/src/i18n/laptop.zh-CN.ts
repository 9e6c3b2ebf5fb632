/** Everything the laptop says; loaded as one file. */
import arrivals from "./texts/arrivals/zh-CN";
import call from "./texts/call/zh-CN";
import caseTexts from "./texts/case/zh-CN";
import cases from "./texts/cases/zh-CN";
import chat from "./texts/chat/zh-CN";
import checklist from "./texts/checklist/zh-CN";
import common from "./texts/common/zh-CN";
import devices from "./texts/devices/zh-CN";
import errors from "./texts/errors/zh-CN";
import evidence from "./texts/evidence/zh-CN";
import hand from "./texts/hand/zh-CN";
import invitations from "./texts/invitations/zh-CN";
import opinions from "./texts/opinions/zh-CN";
import outcome from "./texts/outcome/zh-CN";
import people from "./texts/people/zh-CN";
import replay from "./texts/replay/zh-CN";
import shell from "./texts/shell/zh-CN";
import site from "./texts/site/zh-CN";
import signIn from "./texts/sign-in/zh-CN";

export default {
  arrivals,
  call,
  case: caseTexts,
  cases,
  chat,
  checklist,
  common,
  devices,
  errors,
  evidence,
  hand,
  invitations,
  opinions,
  outcome,
  people,
  replay,
  shell,
  signIn,
  site,
};
