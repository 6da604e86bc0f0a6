// Runs before the first paint, so that a dark screen never flashes white. The page's CSP allows no inline script.
(function () {
  var choice = null;
  var language = null;
  try {
    choice = localStorage.getItem("banyan.theme");
    language = localStorage.getItem("banyan.language");
  } catch (_) {
    // Storage may be refused; the system's preference then decides.
  }
  var dark = choice === "dark" || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  if (language) document.documentElement.lang = language;
})();
