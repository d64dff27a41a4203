// what the page holds, what the reader has chosen, and how a value is written in that language

const content = JSON.parse(document.getElementById("content").textContent);
const asked = new URLSearchParams(window.location.search);
const reader = {
  language: content.texts[asked.get("lang")] ? asked.get("lang") : content.language,
  theme: ["light", "dark"].includes(asked.get("theme")) ? asked.get("theme") : "auto",
};
const darkness = window.matchMedia("(prefers-color-scheme: dark)");

function isDark() {
  return reader.theme === "auto" ? darkness.matches : reader.theme === "dark";
}

function palette() {
  return content.palette[isDark() ? "dark" : "light"];
}

function text(key, values = {}) {
  const words = content.texts[reader.language][key];
  if (words === undefined) throw new Error(`no text ${key}`);
  return words.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

function named(section, value) {
  const key = `${section}.${value}`;
  return key in content.texts[reader.language] ? text(key) : String(value);
}

function number(value, options) {
  // a hyphen is shorter than the plus beside it, and a line may end behind it
  return new Intl.NumberFormat(reader.language, options).format(value).replace("-", "\u2212");
}

function day(value, options) {
  const format = new Intl.DateTimeFormat(reader.language, { timeZone: "UTC", ...options });
  return format.format(new Date(`${value}T00:00:00Z`));
}

const written = {
  text: (value) => value,
  group: (value) => (value === "" ? text("value.all") : named("group", value)),
  stage: (value) => named("stage", value),
  outcome: (value) => named("outcome", value),
  feed: (value) => named("feed", value),
  gate: (value) => named("gate", value),
  scenario: (value) => named("scenario", value),
  verdict: (value) => named("verdict", value),
  check: (value) => value.join(" "),
  flag: (value) => text(value ? "value.yes" : "value.no"),
  month: (value) => day(value, { year: "numeric", month: "short" }),
  quarter: (value) => {
    const [year, month] = [value.slice(0, 4), Number(value.slice(5, 7))];
    return reader.language === "ja" ? `${year}年${month}–${month + 2}月` : `${year} Q${Math.ceil(month / 3)}`;
  },
  day: (value) => day(value, { dateStyle: "medium" }),
  count: (value) => number(value, { maximumFractionDigits: 0 }),
  score: (value) => number(value, { maximumFractionDigits: 0 }),
  decimal: (value) => number(value, { maximumFractionDigits: 1 }),
  ratio: (value) => number(value, { minimumFractionDigits: 2, maximumFractionDigits: 2 }),
  amount: (value) => number(value, { notation: "compact", maximumSignificantDigits: 3 }),
  rate: (value) => number(value, { style: "percent", maximumFractionDigits: value < 0.01 ? 2 : 1 }),
  points: (value) => number(value * 100, { maximumFractionDigits: 1, signDisplay: "exceptZero" }),
};
const WORDS = new Set(["text", "group", "stage", "outcome", "feed", "gate", "check", "flag", "scenario", "verdict"]);

function shown(kind, value) {
  // a null group pools all that are too small for a name of their own
  if (value === null) return text(kind === "group" ? "value.others" : "value.none");
  return written[kind](value);
}

function records(table) {
  return table.rows.map((row) =>
    Object.fromEntries(table.columns.map(([name], place) => [name, row[place]])),
  );
}

function kindsOf(table) {
  return Object.fromEntries(table.columns);
}

function readable(table, record) {
  const kinds = Object.entries(kindsOf(table)).filter(([, kind]) => kind in written);
  return Object.fromEntries(kinds.map(([name, kind]) => [name, shown(kind, record[name])]));
}
