/** Everything the laptop says; loaded as one file. */
import arrivals from "./texts/arrivals/en";
import call from "./texts/call/en";
import caseTexts from "./texts/case/en";
import cases from "./texts/cases/en";
import chat from "./texts/chat/en";
import checklist from "./texts/checklist/en";
import common from "./texts/common/en";
import devices from "./texts/devices/en";
import errors from "./texts/errors/en";
import evidence from "./texts/evidence/en";
import hand from "./texts/hand/en";
import invitations from "./texts/invitations/en";
import opinions from "./texts/opinions/en";
import outcome from "./texts/outcome/en";
import people from "./texts/people/en";
import replay from "./texts/replay/en";
import shell from "./texts/shell/en";
import site from "./texts/site/en";
import signIn from "./texts/sign-in/en";

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
