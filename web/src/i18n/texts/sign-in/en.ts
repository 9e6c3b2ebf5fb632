export default {
  title: "Sign in",
  lead: "Remote site inspection by video, recorded from beginning to end",
  name: "User name",
  password: "Password",
  submit: "Sign in",
  submitting: "Signing in…",
  expired: "Your sign-in has expired. After signing in you return to where you were.",
  missing: "Enter your user name and password.",
};
