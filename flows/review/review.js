document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const button = [...document.querySelectorAll("button[data-key]")].find(each => each.dataset.key === event.key.toLowerCase());
  if (button) { event.preventDefault(); button.click(); }
});
document.querySelector("form").addEventListener("submit", event => {
  if (document.body.dataset.sent) event.preventDefault();
  document.body.dataset.sent = "yes";
});
