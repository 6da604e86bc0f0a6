/** What stands in an open box is taken over as it is when one leaves it; in the sheet the keyboard stays. */
export function leaveBox() {
  const box = document.activeElement;
  if (!(box instanceof HTMLElement)) return;
  const sheet = box.closest<HTMLElement>('[role="grid"]');
  if (sheet) sheet.focus({ preventScroll: true });
  else box.blur();
}
