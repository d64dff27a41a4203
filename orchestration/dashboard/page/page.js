// one card after the other, again whenever the reader chooses something

let isPlaced = false;
const choices = new Map(content.panels.map((panel) => [panel.name, chosenAtFirst(panel)]));

function chosenAtFirst(panel) {
  return Object.fromEntries(panel.controls.map((control) => [control.name, control.chosen]));
}

function optionsOf(control) {
  return control.options.map(({ value, text: key, label }) => ({
    value,
    label: key ? text(key, { label }) : shown("group", label),
  }));
}

function filtered(panel) {
  const chosen = choices.get(panel.name);
  const filters = panel.controls.filter((control) => control.effect === "filter");
  return Object.fromEntries(
    Object.entries(panel.tables).map(([name, table]) => {
      const kinds = kindsOf(table);
      const used = filters.filter((control) => control.name in kinds).map((control) => control.name);
      const rows = records(table).filter((record) => used.every((column) => record[column] === chosen[column]));
      return [name, rows];
    }),
  );
}

function drawControls(card, panel) {
  const place = part(card, "controls");
  place.replaceChildren(
    ...panel.controls.map((control) => {
      const chosen = choices.get(panel.name);
      const choose = (value) => {
        chosen[control.name] = value;
        if (control.effect === "signal") {
          setSignal(panel, control.name, value);
          drawReadout(card, panel);
        } else busy(drawFigures(card, panel));
      };
      const label = text(`${panel.name}.${control.name}`);
      return forms[control.form](`${panel.name}-${control.name}`, label, optionsOf(control), chosen[control.name], choose);
    }),
  );
}

function drawReadout(card, panel) {
  if (!panel.readout) return;
  const { text: key, table: name, column } = panel.readout;
  const table = panel.tables[name];
  const record = filtered(panel)[name].find((row) => column === null || row[column] === choices.get(panel.name)[column]);
  const place = part(card, "readout");
  place.hidden = !record;
  if (record) place.textContent = text(key, readable(table, record));
}

async function drawFigures(card, panel) {
  const tables = filtered(panel);
  const wasSplit = card.classList.contains("split");
  const isSplit = card.classList.toggle("split", (choices.get(panel.name).split ?? "all") !== "all");
  drawReadout(card, panel);
  drawTables(card, panel, tables);
  await drawCharts(card, panel, tables, choices.get(panel.name));
  // where nothing is drawn, only a choice of other rows can help
  const canHelp = drawn.get(panel.name).length > 0 || panel.controls.some((control) => control.effect === "filter");
  part(card, "controls").toggleAttribute("hidden", !canHelp);
  if (isSplit !== wasSplit) await level();
}

function drawLegend(card, panel) {
  const { line, bad, good, quiet, soft } = palette();
  const icons = {
    score: [drawing("path", { d: "M1 7H25", stroke: good, "stroke-width": 2 })],
    threshold: [drawing("path", { d: "M1 7H25", stroke: bad, "stroke-width": 2, "stroke-dasharray": "6 4" })],
    handed_off: [drawing("path", { d: "M13 0V14", stroke: soft, "stroke-width": 2 })],
    accepted: [drawing("path", { d: "M1 7H25", stroke: good, "stroke-width": 2 })],
    accepted_bounds: [drawing("path", { d: "M1 7H25", stroke: palette().good_soft, "stroke-width": 10 })],
    nearby: [drawing("path", { d: "M1 7H25", stroke: bad, "stroke-width": 2, "stroke-dasharray": "2 3" })],
    load: [drawing("path", { d: "M8 14V4M16 14V8", stroke: quiet, "stroke-width": 6 })],
    rate: [drawing("path", { d: "M1 7H25", stroke: bad, "stroke-width": 2 }), drawing("circle", { cx: 13, cy: 7, r: 4, fill: bad })],
    open: [drawing("circle", { cx: 13, cy: 7, r: 4, fill: "none", stroke: bad, "stroke-width": 2 })],
    bounds: [drawing("path", { d: "M13 3V11", stroke: palette().bad_soft, "stroke-width": 7, "stroke-linecap": "round" })],
    target: [drawing("path", { d: "M1 7H25", stroke: good, "stroke-width": 2, "stroke-dasharray": "6 4" })],
    effect: [drawing("path", { d: "M3 7H23", stroke: quiet, "stroke-width": 2 }), drawing("circle", { cx: 13, cy: 7, r: 4, fill: soft })],
    cost: [drawing("path", { d: "M1 7H25", stroke: quiet, "stroke-width": 9 })],
    pays: [drawing("path", { d: "M1 7H25", stroke: good, "stroke-width": 9 })],
    does_not: [drawing("path", { d: "M1 7H25", stroke: bad, "stroke-width": 9 })],
    all: [drawing("path", { d: "M1 7H25", stroke: quiet, "stroke-width": 2 })],
  };
  const place = part(card, "legend");
  place.replaceChildren(
    ...panel.extras.legend.map((name) => {
      const icon = drawing("svg", { width: 26, height: 14, "aria-hidden": "true", stroke: line });
      icon.append(...icons[name]);
      return element("li", { class: `legend-${name}` }, icon, text(`${panel.name}.legend_${name}`));
    }),
  );
}

async function drawCard(panel) {
  const card = document.getElementById(panel.name);
  const values = panel.extras.note ?? {};
  card.querySelector("h2").textContent = text(`${panel.name}.title`);
  if (panel.name === "headline") return drawHeadline(card, panel);
  part(card, "question").textContent = text(`${panel.name}.question`, values);
  part(card, "note").textContent = text(`${panel.name}.note`, values);
  if (panel.name === "kpis") return drawKpis(card, panel);
  drawControls(card, panel);
  if (panel.extras.legend) drawLegend(card, panel);
  return drawFigures(card, panel);
}

async function busy(work) {
  const main = document.getElementById("main");
  main.setAttribute("aria-busy", "true");
  await work;
  main.setAttribute("aria-busy", "false");
}

function drawFrame() {
  const root = document.documentElement;
  root.lang = reader.language;
  root.dataset.theme = isDark() ? "dark" : "light";
  document.title = [content.company, text("page.title")].filter(Boolean).join(": ");
  for (const place of document.querySelectorAll("[data-text]")) place.textContent = text(place.dataset.text);
  document.getElementById("subtitle").textContent = text("page.subtitle", { day: shown("day", content.as_of) });
  const links = content.panels.map((panel) =>
    element("li", {}, element("a", { href: `#${panel.name}` }, text(`${panel.name}.title`))),
  );
  const contents = document.getElementById("contents");
  contents.setAttribute("aria-label", text("page.contents"));
  contents.replaceChildren(element("ul", {}, ...links));
}

function drawChoices() {
  const languages = Object.entries({ en: "English", ja: "日本語" }).map(([value, label]) => ({ value, label }));
  const themes = ["auto", "light", "dark"].map((value) => ({ value, label: text(`page.${value}`) }));
  const choose = (name) => (value) => {
    reader[name] = value;
    draw();
    document.querySelector(`#choices input[name="page-${name}"]:checked`).focus();
  };
  document
    .getElementById("choices")
    .replaceChildren(
      buttons("page-language", text("page.language"), languages, reader.language, choose("language")),
      buttons("page-theme", text("page.theme"), themes, reader.theme, choose("theme")),
    );
}

// a chart is as wide as its column was when it was drawn
async function level() {
  const moved = new Set(chooseColumns());
  await Promise.all(content.panels.filter((panel) => moved.has(panel.name)).map(drawCard));
}

async function drawCards() {
  await Promise.all(content.panels.map(drawCard));
  if (isPlaced) return;
  isPlaced = true;
  await level();
  for (const card of cards()) heights.observe(card);
  place();
}

function draw() {
  drawFrame();
  drawChoices();
  return busy(drawCards());
}

startInColumns();
darkness.addEventListener("change", () => reader.theme === "auto" && draw());
draw();
