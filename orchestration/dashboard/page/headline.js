// the first screen: three questions, three answers

function answer(title, large, look, ...lines) {
  const words = lines.filter(Boolean).map((line) => element("p", {}, line));
  return element("div", { class: "figure" }, element("h3", {}, title), element("p", { class: look }, large), ...words);
}

function changeLine(name, change) {
  if (!change) return null;
  const values = Object.fromEntries(
    ["difference", "low", "high"].map((part) => [part, shown("points", change[part])]),
  );
  return text(`headline.${name}`, values);
}

// the newest change that is more than chance; none while the sales feed is stale
function verdictOf(before, yearAgo, isStale) {
  if (isStale) return "provisional";
  if (before && before.verdict !== "unclear") return before.verdict;
  if (yearAgo && yearAgo.verdict !== "unclear") return `${yearAgo.verdict}_than_a_year_ago`;
  return before ? before.verdict : "unknown";
}

function drawHeadline(card, panel) {
  const { before, year_ago: yearAgo, has_handoffs: hasHandoffs, is_stale: isStale } = panel.extras;
  const periods = records(panel.tables.periods);
  const period = periods.find((record) => record.periods_ago === 0);
  const allMonths = periods.find((record) => record.periods_ago === null);
  const since = allMonths && text("headline.rate_since", readable(panel.tables.periods, allMonths));
  const [worst] = records(panel.tables.worst);
  const figures = [];
  if (isStale) figures.push(element("p", { class: "warning", role: "status" }, text("headline.stale")));
  if (panel.extras.is_outcome_only) figures.push(element("p", { class: "warning", role: "status" }, text("headline.outcome_only")));
  if (period && period.ignore_rate !== null) {
    const values = readable(panel.tables.periods, period);
    figures.push(answer(text("headline.rate"), values.ignore_rate, isStale ? "large" : "large bad", text("headline.rate_detail", values), since));
  } else {
    const why = !hasHandoffs ? "no_handoffs" : isStale ? "rate_stale" : "rate_none";
    figures.push(answer(text("headline.rate"), text("value.none"), "large", text(`headline.${why}`), since));
  }
  const verdict = verdictOf(before, yearAgo, isStale);
  const look = verdict.startsWith("better") ? "large good words" : verdict.startsWith("worse") ? "large bad words" : "large words";
  const lines = [changeLine("before", before), changeLine("year_ago", yearAgo)];
  figures.push(answer(text("headline.change"), text(`headline.${verdict}`), look, ...lines));
  if (worst) {
    const values = readable(panel.tables.worst, worst);
    const group = text("headline.worst_group", values);
    figures.push(answer(text("headline.worst"), group, "large name", text("headline.worst_detail", values), isStale && text("headline.worst_stale")));
  } else {
    figures.push(answer(text("headline.worst"), text("value.none"), "large", text("headline.worst_none")));
  }
  part(card, "figures").replaceChildren(...figures);
}
