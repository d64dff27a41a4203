// on a wide screen the cards stand in two columns, each right below what is above it

// these have their column; the others go where both columns end about level
const GIVEN = { headline: "both", ignore_rate: "wide", origins: "narrow", kpis: "wide", quality: "both" };

function cards() {
  return [...document.querySelectorAll("main > section")];
}

function startInColumns() {
  for (const card of cards()) card.dataset.side ??= GIVEN[card.id] ?? "narrow";
}

// not at every change, or cards would jump to the other side when one grows; gives those that moved
function chooseColumns() {
  const inColumns = cards().filter((card) => card.dataset.side !== "both" && !card.classList.contains("split"));
  const free = inColumns.filter((card) => !(card.id in GIVEN));
  const given = inColumns.filter((card) => card.id in GIVEN);
  const isWideIn = (choice, bit) => (choice >> bit) % 2 === 1;
  const signed = (card, isInWide) => (isInWide ? card.offsetHeight : -card.offsetHeight);
  const lead = given.reduce((sum, card) => sum + signed(card, card.dataset.side === "wide"), 0);
  const leads = Array.from({ length: 2 ** free.length }, (_, choice) =>
    Math.abs(free.reduce((sum, card, bit) => sum + signed(card, isWideIn(choice, bit)), lead)),
  );
  const best = leads.indexOf(Math.min(...leads));
  const moved = free.filter((card, bit) => (card.dataset.side === "wide") !== isWideIn(best, bit));
  for (const card of moved) card.dataset.side = card.dataset.side === "wide" ? "narrow" : "wide";
  return moved.map((card) => card.id);
}

function place() {
  const gap = parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--gap"));
  const ends = { wide: 1, narrow: 1 };
  for (const card of cards()) {
    const { side } = card.dataset;
    const sides = side === "both" || card.classList.contains("split") ? Object.keys(ends) : [side];
    const start = Math.max(...sides.map((name) => ends[name]));
    const rows = Math.ceil(card.offsetHeight + gap);
    card.style.setProperty("--rows", `${start} / span ${rows}`);
    for (const name of sides) ends[name] = start + rows;
  }
}

const heights = new ResizeObserver(place);
