// Case, accents, points of vowels and marks that nobody sees make no difference to a search.
const fold = text => text.normalize("NFKD").replace(/[\p{M}\p{Cf}]/gu, "").toLowerCase();
const find = document.querySelector(".find");
const given = name => find.querySelector(`[name=${name}]`)?.value ?? "";
const sought = () => fold(given("words")).split(/\s+/).filter(Boolean);
