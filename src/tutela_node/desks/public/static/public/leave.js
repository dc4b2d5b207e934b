// The way out takes this page's place in the history of the tab; without scripts it is a plain link.
document.querySelector(".exit").addEventListener("click", (event) => {
  event.preventDefault();
  location.replace(event.currentTarget.href);
});
