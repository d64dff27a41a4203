// the KPI tree: one table, indented, with a line of its history in each row

const SPARK = { width: 128, height: 26 };

function spark(values, label) {
  const known = values.filter((value) => value !== null);
  const picture = drawing("svg", {
    viewBox: `0 0 ${SPARK.width} ${SPARK.height}`, width: "100%", height: SPARK.height, role: "img",
    "aria-label": label, preserveAspectRatio: "none",
  });
  if (known.length < 2) return picture;
  const low = Math.min(...known);
  const span = Math.max(...known) - low || 1;
  const step = SPARK.width / (values.length - 1);
  const points = values
    .map((value, place) => [place * step, value])
    .filter(([, value]) => value !== null)
    .map(([x, value]) => [x.toFixed(1), (SPARK.height - 3 - ((value - low) / span) * (SPARK.height - 6)).toFixed(1)]);
  picture.append(
    drawing("polyline", { points: points.map((point) => point.join(",")).join(" "), "vector-effect": "non-scaling-stroke" }),
  );
  return picture;
}

function achieved(record) {
  if (record.achievement_rate === null) return element("span", {}, text("value.none"));
  const isMet = record.achievement_rate >= 1;
  const bar = element("i", { "aria-hidden": "true" }, element("b"));
  bar.firstChild.style.width = `${Math.min(1, record.achievement_rate) * 100}%`;
  return element("span", { class: `meter ${isMet ? "good" : "bad"}` }, bar, shown("rate", record.achievement_rate));
}

function drawKpis(card, panel) {
  const tree = records(panel.tables.tree);
  const month = tree.find((record) => record.month !== null)?.month ?? null;
  part(card, "question").textContent = text("kpis.question", { month: shown("month", month) });
  const place = part(card, "charts");
  if (month === null) {
    place.replaceChildren(emptiness(panel));
    return;
  }
  // on a phone the rows are drawn as blocks: their roles say that they are still a table
  const head = element("tr", { role: "row" }, element("th", { scope: "col", role: "columnheader" }, text("kpis.kpi")));
  for (const [key, look] of [["column.actual", "number"], ["column.target", "number"], ["column.achievement_rate", "number"], ["kpis.trend", "spark"]]) {
    head.append(element("th", { scope: "col", role: "columnheader", class: look }, text(key)));
  }
  const body = element("tbody", { role: "rowgroup" });
  for (const record of tree) {
    const name = record[`name_${reader.language}`];
    const value = (figure) => shown(record.kind, figure);
    const known = record.actuals.filter((figure) => figure !== null);
    const label = known.length
      ? text("kpis.trend_alt", { name, first: value(known[0]), last: value(known.at(-1)), count: known.length })
      : `${name}: ${text("value.none")}`;
    const heading = element("th", { scope: "row", role: "rowheader" }, name);
    heading.style.setProperty("--level", record.level);
    body.append(
      element(
        "tr", { role: "row" }, heading,
        element("td", { class: "number", role: "cell" }, value(record.actual)),
        element("td", { class: "number", role: "cell" }, value(record.target)),
        element("td", { class: "number", role: "cell" }, achieved(record)),
        element("td", { class: "spark", role: "cell" }, spark(record.actuals, label)),
      ),
    );
  }
  const table = element(
    "table", { class: "tree", role: "table", "data-table": "tree" }, element("thead", { role: "rowgroup" }, head), body,
  );
  const region = scrolling(text("kpis.title"), table);
  region.firstChild.classList.add("plain");
  place.replaceChildren(region);
}
