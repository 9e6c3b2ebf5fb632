export default {
  skip: "Skip to the main content",
  nav: { label: "Main", cases: "Cases" },
  signOut: "Sign out",
  notLoaded: "This page did not load: the network may be gone for a moment, or the system was just updated.",
  stillSignedIn: "You are still signed in. {reason}",
  page: { call: "Inspection call", replay: "Replay" },
  notFound: { title: "There is no such page", text: "The address may be mistyped, or the page has moved.", back: "Back to the cases" },
};
