// Asks while the scripts are still loading for what every screen needs first, and has the scripts of the screens of
// records, or of the page to sign in, fetched beside those of the frame. Who takes the answers is src/api/ahead.ts; what nobody takes is let go.
(function () {
  var path = location.pathname;
  function load(screen) {
    var parts = document.querySelector('meta[name="' + screen + '"]');
    (parts && parts.content ? parts.content.split(" ") : []).forEach(function (file) {
      var link = document.createElement("link");
      link.crossOrigin = "";
      link.rel = /\.css$/.test(file) ? "preload" : "modulepreload";
      if (link.rel === "preload") link.as = "style";
      link.href = file;
      document.head.appendChild(link);
    });
  }
  if (/^\/sign-in\/?$/.test(path)) load("banyan-sign-in");
  if (/^\/(sign-in|setup|set-password|forgot-password|see)(\/|$)/.test(path)) return;
  if (/^\/o\//.test(path)) load("banyan-records");
  var language = null;
  try {
    // Seen through somebody's eyes the requests carry a token that is not ours to send from here.
    if (sessionStorage.getItem("banyan.seeing")) return;
    language = localStorage.getItem("banyan.language");
  } catch (_) {
    return;
  }
  if (!language) language = navigator.language.slice(0, 2) === "zh" ? "zh-CN" : "en";
  var ahead = (window.banyanAhead = {});
  function ask(url) {
    var answer = (ahead[url] = fetch(url, { headers: { Accept: "application/json", "Accept-Language": language }, credentials: "same-origin" }));
    answer.catch(function () {});
    return answer;
  }
  ask("/api/v1/sessions/current").then(function (session) {
    if (!session.ok) return load("banyan-sign-in");
    ask("/api/v1/metadata/catalog");
    var record = /^\/o\/([a-z][a-z0-9_]*)\/([0-9a-f]{8}-[0-9a-f-]{27})$/.exec(path);
    if (!record) return;
    ask("/api/v1/records/" + record[1] + "/" + record[2]);
    ask("/api/v1/records/" + record[1] + "/" + record[2] + "/timeline?limit=30");
  }, function () {});
})();
