const PAGE = 100, SHOWN = 200, LONGEST = 120;
const {sources, relations, rules, documents} = JSON.parse(document.getElementById("index").textContent);
const list = document.querySelector(".found");
const folded = documents.map(each => fold(`${each[0]}\n${each[1]}`));
const cut = text => text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
const number = (names, name) => name ? names.indexOf(name) : null;

const entry = at => {
  const [path, title, , relation] = documents[at];
  const item = document.createElement("li"), link = document.createElement("a"), told = document.createElement("small");
  link.href = `documents-${String(Math.floor(at / PAGE) + 1).padStart(4, "0")}.html#n${at}`;
  link.append(Object.assign(document.createElement("bdi"), {textContent: cut(title || path)}));
  told.textContent = ` ${relations[relation]} · ${cut(path)}`;
  item.append(link, told);
  return item;
};

const show = () => {
  const words = sought();
  const source = number(sources, given("source")), relation = number(relations, given("relation")), rule = number(rules, given("rule"));
  let found = 0;
  const items = [];
  for (let at = 0; at < documents.length; at++) {
    const each = documents[at];
    if (source !== null && each[2] !== source || relation !== null && each[3] !== relation) continue;
    if (rule !== null && !each[4].includes(rule) || !words.every(word => folded[at].includes(word))) continue;
    if (++found <= SHOWN) items.push(entry(at));
  }
  list.replaceChildren(...items);
  find.querySelector("output").textContent = found > SHOWN ? `the first ${SHOWN} of ${found}` : `${found} found`;
};

find.hidden = false;
find.addEventListener("input", show);
document.addEventListener("keydown", event => {
  if (event.key === "/" && !event.target.matches("input, select")) { event.preventDefault(); find.querySelector("input").focus(); }
});
show();
find.querySelector("input").focus();
