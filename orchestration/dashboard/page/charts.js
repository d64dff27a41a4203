// charts are Vega-Lite with the words and colours of the moment put in

const drawn = new Map();

function filledIn(part) {
  if (Array.isArray(part)) return part.map(filledIn);
  if (part && typeof part === "object") {
    return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, filledIn(value)]));
  }
  if (typeof part !== "string") return part;
  if (part.startsWith("@t.")) return text(part.slice(3));
  return part.startsWith("@c.") ? palette()[part.slice(3)] : part;
}

function look() {
  const colors = palette();
  const font = getComputedStyle(document.documentElement).getPropertyValue("--font").trim();
  return {
    background: "transparent",
    font,
    view: { stroke: null },
    axis: {
      labelColor: colors.soft, titleColor: colors.soft, gridColor: colors.grid,
      domainColor: colors.line, tickColor: colors.line,
      labelFontSize: 12, titleFontSize: 12, titleFontWeight: 500, labelPadding: 6,
    },
    axisY: { domain: false, ticks: false },
    legend: {
      labelColor: colors.soft, labelFontSize: 12, labelLimit: 150, symbolStrokeWidth: 2.5, offset: 8,
    },
    range: {
      category: colors.category,
      ordinal: colors.quarter,
      heatmap: { scheme: colors.heat },
    },
  };
}

const NAMES = new Set(["group", "scenario"]);

// two names that read alike, such as web_form and "web form", must not become one mark
function distinct(rows, name, kind) {
  const values = [...new Set(rows.map((record) => record[name]))];
  const labels = values.map((value) => shown(kind, value));
  return new Map(
    values.map((value, place) => {
      const isAlone = labels.indexOf(labels[place]) === labels.lastIndexOf(labels[place]);
      return [value, isAlone || value === null ? labels[place] : `${labels[place]} (${value})`];
    }),
  );
}

// what a chart reads: names in the reader's words, days both as dates and as they are written
function readings(table, rows) {
  const kinds = Object.entries(kindsOf(table));
  const names = Object.fromEntries(
    kinds.filter(([, kind]) => NAMES.has(kind)).map(([name, kind]) => [name, distinct(rows, name, kind)]),
  );
  return rows.map((record) => {
    const reading = { ...record };
    for (const [name, kind] of kinds) {
      if (kind === "month" || kind === "day") reading[`${name}_shown`] = shown(kind, record[name]);
      else if (NAMES.has(kind)) reading[name] = names[name].get(record[name]);
      else if (WORDS.has(kind) && kind !== "flag") reading[name] = shown(kind, record[name]);
      else if (kind === "quarter") reading[name] = shown(kind, record[name]);
    }
    return reading;
  });
}

function altOf(panel, chart, rows) {
  const kinds = kindsOf(panel.tables[chart.table]);
  const values = {};
  for (const [name, [column, which]] of Object.entries(chart.alt_values)) {
    const known = rows.map((record) => record[column]).filter((value) => value !== null);
    const value = which === "first" ? known[0] : which === "last" ? known.at(-1) : Math.max(...known);
    values[name] = shown(kinds[column], value === undefined || kinds[column] === "group" ? rows[0][column] : value);
  }
  return text(chart.alt, values);
}

async function embed(place, panel, chart, tables, signals) {
  const spec = filledIn(chart.spec);
  spec.datasets = Object.fromEntries(
    Object.entries(tables).map(([name, rows]) => [name, readings(panel.tables[name], rows)]),
  );
  for (const parameter of spec.params ?? []) {
    if (parameter.name in signals) parameter.value = signals[parameter.name];
  }
  const { view, finalize } = await vegaEmbed(place, spec, {
    mode: "vega-lite", renderer: "svg", ast: true, actions: false,
    config: look(), tooltip: { theme: "funnel" },
  });
  return { view, finalize };
}

function emptiness(panel) {
  const key = `${panel.name}.empty`;
  return element("p", { class: "empty" }, text(key in content.texts[reader.language] ? key : "page.empty"));
}

function hasFigures(chart, rows) {
  return rows.some((record) => chart.needs.every((column) => record[column] !== null));
}

async function drawCharts(card, panel, tables, signals) {
  const place = part(card, "charts");
  for (const chart of drawn.get(panel.name) ?? []) chart.finalize();
  drawn.set(panel.name, []);
  place.replaceChildren();
  const waiting = [];
  for (const chart of panel.charts) {
    const rows = tables[chart.table];
    const isRepeated = chart.repeat && rows.length > 0;
    const groups = isRepeated ? [...new Set(rows.map((record) => record[chart.repeat]))] : [null];
    place.classList.toggle("many", groups.length > 1);
    for (const group of groups) {
      const own = isRepeated ? rows.filter((record) => record[chart.repeat] === group) : rows;
      const figure = element("figure");
      place.append(figure);
      if (groups.length > 1) {
        const heading = chart.heading;
        const title = shown(kindsOf(panel.tables[chart.table])[heading], own[0][heading]);
        figure.append(element("h3", { title }, title));
      }
      if (!hasFigures(chart, own)) {
        figure.append(emptiness(panel));
        continue;
      }
      // Vega gives its own element another role
      const box = element("div");
      const alt = altOf(panel, chart, own);
      figure.append(element("div", { class: "chart", role: "img", "aria-label": alt }, box));
      waiting.push(embed(box, panel, chart, { ...tables, [chart.table]: own }, signals));
    }
  }
  // two empty charts say it once
  if (panel.charts.length > 0 && waiting.length === 0) place.replaceChildren(emptiness(panel));
  part(card, "legend")?.toggleAttribute("hidden", waiting.length === 0);
  drawn.set(panel.name, await Promise.all(waiting));
}

function setSignal(panel, signal, value) {
  for (const { view } of drawn.get(panel.name) ?? []) view.signal(signal, value).runAsync();
}
