const cards = [...document.querySelectorAll("[data-card]")].map(card => ({
  card,
  text: fold(card.textContent),
  sources: JSON.parse(card.dataset.sources),
  relations: JSON.parse(card.dataset.relations),
  rules: JSON.parse(card.dataset.rules),
}));
const sections = [...document.querySelectorAll("main > section")].filter(each => each.querySelector("[data-card]"));

const show = () => {
  const words = sought();
  const [source, relation, rule] = ["source", "relation", "rule"].map(given);
  let shown = 0;
  for (const each of cards) {
    const fits = words.every(word => each.text.includes(word))
      && (!source || each.sources.includes(source))
      && (!relation || each.relations.includes(relation))
      && (!rule || each.rules.includes(rule));
    each.card.hidden = !fits;
    shown += fits;
  }
  const all = !words.length && !source && !relation && !rule;
  for (const each of sections) each.hidden = !all && !each.querySelector("[data-card]:not([hidden])");
  find.querySelector("output").textContent = all ? "" : shown ? `${shown} of ${cards.length} shown` : "nothing on this page fits";
};

const clear = () => {
  for (const field of find.querySelectorAll("input, select")) field.value = "";
  document.activeElement.blur();
  show();
};

const step = by => {
  const seen = cards.map(each => each.card).filter(card => !card.hidden && card.matches("article, details"));
  const at = seen.findIndex(card => card.contains(document.activeElement));
  const next = seen[at < 0 ? (by > 0 ? 0 : seen.length - 1) : Math.min(seen.length - 1, Math.max(0, at + by))];
  if (!next) return;
  const target = next.matches("details") ? next.querySelector("summary") : next;
  target.focus();
  target.scrollIntoView({block: "start"});
};

const toggle = () => {
  const card = document.activeElement.closest("[data-card]");
  const details = card && (card.matches("details") ? card : card.querySelector("details"));
  if (details) details.open = !details.open;
};

const reach = () => {
  const target = document.getElementById(location.hash.slice(1));
  const closed = target && target.closest("details");
  if (closed) { closed.open = true; target.scrollIntoView(); }
};

find.hidden = false;
find.addEventListener("input", show);
addEventListener("hashchange", reach);
document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") return clear();
  if (event.target.matches("input, select")) return;
  const act = {"/": () => find.querySelector("input").focus(), j: () => step(1), k: () => step(-1), o: toggle}[event.key];
  if (act) { event.preventDefault(); act(); }
});
show();
reach();
