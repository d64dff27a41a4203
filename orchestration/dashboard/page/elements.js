// elements are made here and nowhere else; texts only ever become text nodes

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

function drawing(tag, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function part(card, name) {
  return card.querySelector(`:scope > .${name}`);
}

function buttons(name, label, options, chosen, choose) {
  const group = element("span", { class: "buttons" });
  for (const option of options) {
    const input = element("input", { type: "radio", name, value: option.value });
    input.checked = option.value === chosen;
    input.addEventListener("change", () => choose(option.value));
    group.append(element("label", {}, input, element("span", {}, option.label)));
  }
  return element("fieldset", {}, element("legend", {}, label), group);
}

function select(name, label, options, chosen, choose) {
  const input = element("select", { name });
  options.forEach((option, place) => {
    const entry = element("option", { value: place }, option.label);
    entry.selected = option.value === chosen;
    input.append(entry);
  });
  input.addEventListener("change", () => choose(options[Number(input.value)].value));
  return element("label", { class: "pick" }, label, input);
}

function slider(name, label, options, chosen, choose) {
  const place = options.findIndex((option) => option.value === chosen);
  const input = element("input", { type: "range", name, min: 0, max: options.length - 1, step: 1 });
  const output = element("output", {}, options[place].label);
  input.value = place;
  input.setAttribute("aria-valuetext", options[place].label);
  input.addEventListener("input", () => {
    const option = options[Number(input.value)];
    output.textContent = option.label;
    input.setAttribute("aria-valuetext", option.label);
    choose(option.value);
  });
  return element("label", { class: "pick" }, label, input, output);
}

const forms = { buttons, select, slider };
