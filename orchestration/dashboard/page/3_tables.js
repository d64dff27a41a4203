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
      const value = shown(column[1], record[column[0]]);
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

function scrolling(label, ...children) {
  return element("div", { class: "scroll", role: "region", tabindex: 0, "aria-label": label }, ...children);
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
  const filled = panel.shown.filter((name) => tables[name].length);
  const wasOpen = place.querySelector("details")?.open ?? false;
  const title = text("page.table", { title: text(`${panel.name}.title`) });
  const details = element("details", {}, element("summary", {}, text("page.data")));
  details.append(...filled.map((name) => scrolling(title, tableOf(panel, name, tables[name]))));
  details.open = wasOpen;
  place.replaceChildren(...(filled.length ? [details] : []));
}
