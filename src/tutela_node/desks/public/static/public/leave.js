// The way out takes this page's place in the history of the tab; without scripts it is a plain link. Esc three times
// within three seconds does the same. What is shown goes at once, however long the other page takes.
(() => {
  const exit = document.querySelector(".exit");
  let pressed = [];
  function leave(event) {
    event.preventDefault();
    document.documentElement.hidden = true;
    location.replace(exit.href);
  }
  exit.addEventListener("click", leave);
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") { pressed = []; return; }
    pressed = [...pressed.filter((at) => event.timeStamp - at < 3000), event.timeStamp];
    if (pressed.length > 2) leave(event);
  });
  for (const said of document.querySelectorAll(".esc")) said.hidden = false;
})();
