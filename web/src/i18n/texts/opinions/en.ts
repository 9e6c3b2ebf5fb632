/** Experts' opinions beside the checklist. */
export default {
  title: "Expert opinion",
  jump: "Show this second of the footage",
  count: "Expert opinions: {n}",
  came: "{name} has written an opinion on “{point}”",
};
