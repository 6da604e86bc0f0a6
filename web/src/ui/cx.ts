/** Joins class names; CSS modules type each as possibly missing. */
export const cx = (...names: (string | false | null | undefined)[]) => names.filter(Boolean).join(" ");
