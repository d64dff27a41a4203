// the figures behind every chart, for those who cannot see it or want the digits

function tableOf(panel, name, rows) {
  const table = panel.tables[name];
  const columns = table.columns.filter(([, kind]) => kind in written);
  const isWord = ([, kind]) => WORDS.has(kind);
  const head = element("tr");
  for (const column of columns) {
    const side = isWord(column) ? null : "number";
    head.append(element("th", { scope: "col", class: side }, text(`column.${column[0]}`)));
  }
  const body = element("tbody");
  for (const record of rows) {
    const row = element("tr");
    columns.forEach((column, place) => {
      const value = column[1] === "check" ? checked(...record[column[0]]) : shown(column[1], record[column[0]]);
      const look = isWord(column) ? "words" : "number";
      row.append(
        place === 0
          ? element("th", { scope: "row", class: isWord(column) ? null : "number" }, value)
          : element("td", { class: look }, value),
      );
    });
    body.append(row);
  }
  return element("table", { "data-table": name }, element("thead", {}, head), body);
}

// what a check expects, in the reader's words; a check without such words speaks English
function checked(name, message) {
  const key = `check.${name}`;
  return key in content.texts[reader.language] ? text(key) : element("span", { lang: "en" }, message);
}

// an arrow at the edge says that there is more to the right
const edges = new ResizeObserver((entries) => entries.forEach(({ target }) => markEdge(target.closest(".scroll"))));

function markEdge(region) {
  const hidden = region.scrollWidth - region.clientWidth - region.scrollLeft;
  region.parentElement.classList.toggle("more", hidden > 2);
}

function scrolling(label, ...children) {
  const region = element("div", { class: "scroll", role: "region", tabindex: 0, "aria-label": label }, ...children);
  region.addEventListener("scroll", () => markEdge(region), { passive: true });
  edges.observe(region);
  for (const child of children) edges.observe(child);
  return element("div", { class: "edged" }, region);
}

function drawTables(card, panel, tables) {
  const place = part(card, "tables");
  if (panel.are_tables_open) {
    place.replaceChildren(
      ...panel.shown.flatMap((name) => {
        const title = text(`${panel.name}.${name}`);
        const rows = tables[name];
        const content = rows.length
          ? scrolling(title, tableOf(panel, name, rows))
          : element("p", {}, text(`${panel.name}.no_rows`));
        return [element("h3", {}, title), content];
      }),
    );
    return;
  }
  const isDrawn = panel.charts.length === 0 || panel.charts.some((chart) => hasFigures(chart, tables[chart.table]));
  const filled = isDrawn ? panel.shown.filter((name) => tables[name].length) : [];
  const wasOpen = place.querySelector("details")?.open ?? false;
  const title = text("page.table", { title: text(`${panel.name}.title`) });
  const details = element("details", {}, element("summary", {}, text("page.data")));
  details.append(...filled.map((name) => scrolling(title, tableOf(panel, name, tables[name]))));
  details.open = wasOpen;
  place.replaceChildren(...(filled.length ? [details] : []));
}
