/** Selectors of what has the keys for itself, so that no single key of the page acts behind it. */

export const TYPED_INTO = "textarea, select, [contenteditable]";
/** Ours by role, the browser's own by name: that one carries no attribute. */
export const DIALOGS = "dialog, [role=dialog]";
