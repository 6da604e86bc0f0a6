const focusable = 'a[href], button:not(:disabled), input:not(:disabled), textarea:not(:disabled), select:not(:disabled), [tabindex]:not([tabindex="-1"])';

/** With a list open, Escape closes that list; what was typed around it stays. */
const hasOpenList = (target: EventTarget | null) => target instanceof HTMLElement && target.getAttribute("aria-expanded") === "true";

/**
 * Keeps Tab inside of an element and calls back on Escape; returns the release. Pop-ups opened from it live outside and
 * pass. `standing`: a box whose list always stands open, so that Escape has nothing to close before the element.
 */
export function keepFocusInside(element: HTMLElement, onEscape: () => void, standing?: HTMLElement | null): () => void {
  const onKeyDown = (event: KeyboardEvent) => {
    // While words are being composed, Escape takes back what was composed.
    if (event.key === "Escape" && !event.defaultPrevented && !event.isComposing && (event.target === standing || !hasOpenList(event.target))) {
      event.stopPropagation();
      onEscape();
    }
    if (event.key !== "Tab") return;
    const items = [...element.querySelectorAll<HTMLElement>(focusable)].filter((item) => item.offsetParent !== null);
    const first = items[0];
    const last = items.at(-1);
    if (!first || !last) return;
    if (event.shiftKey && (document.activeElement === first || document.activeElement === element)) {
      event.preventDefault();
      last.focus();
    } else if (!event.shiftKey && document.activeElement === last) {
      event.preventDefault();
      first.focus();
    }
  };
  element.addEventListener("keydown", onKeyDown);
  return () => element.removeEventListener("keydown", onKeyDown);
}

/** True while the person types somewhere, so that single-letter shortcuts stay quiet. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.getAttribute("role") === "combobox");
}
