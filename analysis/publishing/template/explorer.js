// The explorer: selects texts and moves marks to places that were all computed beforehand.
{
  const part = (name) => document.getElementById("explorer-" + name);
  const { controls, sentences, judgements, counted, pictures } = JSON.parse(part("data").textContent);
  const form = part("form"), root = part("title").parentElement;
  // Each place of a state is one attribute of one mark.
  const marks = {
    growth: [["growth-range", "x1"], ["growth-range", "x2"], ["growth-middle", "cx"], ["growth-range", "visibility"], ["growth-middle", "visibility"]],
    step: [],
    forecast: [["count", "x"], ["count-range", "y1"], ["count-range", "y2"], ["count-middle", "cy"], ["count-range", "visibility"], ["count-middle", "visibility"]],
    kept: pictures.counts.columns.map(({ year }) => ["count-" + year, "class"]),
  };
  const published = Object.fromEntries(controls.map((control) => [control.axis, control.published]));
  const sizes = Object.fromEntries(controls.map((control) => [control.axis, control.options.length]));

  // Where a setting stands in a list over some of the choices, the last fastest.
  const place = (axes, setting) => axes.reduce((at, axis) => at * sizes[axis] + setting[axis], 0);
  const word = (judgement, setting) => judgement.words[judgement.index[place(judgement.axes, setting)]];
  const differ = (one, other) => judgements.filter((judgement) => word(judgement, one) !== word(judgement, other)).length;
  const isPublished = (setting) => controls.every(({ axis }) => setting[axis] === published[axis]);

  function stateOf(name, setting) {
    const group = sentences[name];
    const [template, texts, places] = group.states[group.index.split(" ")[place(group.axes, setting)]];
    const written = texts.split("|").values();
    const text = group.templates[template].map((piece) => typeof piece === "string" ? piece : written.next().value).join("");
    return { text, places: places.split(" ") };
  }

  function show(setting) {
    const news = [];
    for (const name in sentences) {
      const { text, places } = stateOf(name, setting), sentence = part(name);
      if (sentence && sentence.textContent !== text) news.push(sentence.textContent = text);
      marks[name].forEach(([element, attribute], at) => part(element).setAttribute(attribute, places[at]));
    }
    judgements.forEach((judgement, at) => {
      const row = part("judgement-" + at), verdict = word(judgement, setting);
      row.cells[1].textContent = verdict;
      row.classList.toggle("changed", verdict !== judgement.words[0]);
    });
    for (const { axis, options } of controls) {
      const control = form.elements[axis];
      options.forEach((option, at) => {
        const note = at === setting[axis] ? "" : "changes " + counted[differ(setting, { ...setting, [axis]: at })];
        if (control.options) control.options[at].textContent = option.label + (note && ": " + note);
        else control[at].parentElement.querySelector("small").textContent = note;
      });
    }
    root.classList.toggle("other", !isPublished(setting));
    part("differ").textContent = counted[differ(setting, published)];
    return news;
  }

  // The state stands in the address, where it can be shared and gone back to.
  function fromAddress() {
    const given = new URLSearchParams(location.hash.slice(1));
    if (!given.has("explorer")) return published;
    return Object.fromEntries(controls.map(({ axis, options }) => {
      const at = options.findIndex((option) => option.key === given.get(axis));
      return [axis, at < 0 ? published[axis] : at];
    }));
  }
  function toAddress(setting) {
    const chosen = controls.filter(({ axis }) => setting[axis] !== published[axis]);
    return "#explorer" + chosen.map(({ axis, options }) => "&" + axis + "=" + options[setting[axis]].key).join("");
  }
  function fromForm() {
    return Object.fromEntries(controls.map(({ axis, options }) =>
      [axis, options.findIndex((option) => option.key === form.elements[axis].value)]));
  }
  function toForm(setting) {
    for (const { axis, options } of controls) form.elements[axis].value = options[setting[axis]].key;
  }

  let now = published;
  function choose(setting) {
    now = setting;
    const news = show(now), whole = root.querySelector(isPublished(now) ? ".same" : ".differs > span");
    part("said").textContent = [...news, whole.textContent].join(" ");
  }
  form.addEventListener("change", () => {
    choose(fromForm());
    history.pushState(null, "", toAddress(now));
  });
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    toForm(published);
    choose(published);
    history.pushState(null, "", toAddress(now));
    form.querySelector("input, select").focus();
  });
  function arrive() {
    const isHere = new URLSearchParams(location.hash.slice(1)).has("explorer");
    if (!isHere && location.hash) return;
    toForm(fromAddress());
    choose(fromAddress());
  }
  addEventListener("popstate", arrive);
  // On paper stands what was published.
  matchMedia("print").addEventListener("change", ({ matches }) => { show(matches ? published : now); });

  part("banner").hidden = form.hidden = false;
  toForm(fromAddress());
  show(now = fromAddress());
  if (location.hash.startsWith("#explorer&")) root.scrollIntoView();
}
