export default {
  skip: "Skip to the main content",
  nav: { label: "Main", cases: "Cases" },
  signOut: "Sign out",
  stillSignedIn: "You are still signed in. {reason}",
  page: { call: "Inspection call", replay: "Replay" },
  notFound: { title: "There is no such page", text: "The address may be mistyped, or the page has moved.", back: "Back to the cases" },
};
