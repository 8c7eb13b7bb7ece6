// What makes the pages more pleasant when script is there. Everything works without it; nothing here decides anything.
(() => {
  "use strict";
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const words = () => document.getElementById("script-words")?.dataset ?? {};
  const on = (type, selector, act) => document.addEventListener(type, (event) => {
    const found = event.target.closest?.(selector);
    if (found) act(found, event);
  });

  // ---- boxes shown only for some answers: data-shown-when="ground=emergency;help_reason=走失|流浪" ----
  const answers = (form, name) => all("input, select, textarea", form)
    .filter((box) => box.name === name && (!["checkbox", "radio"].includes(box.type) || box.checked))
    .flatMap((box) => (box.multiple ? Array.from(box.selectedOptions, (option) => option.value) : [box.value]))
    .filter((value) => value !== "");
  const holds = (form, condition, prefix) => condition.split(";").filter(Boolean).every((clause) => {
    const [name, wanted] = clause.split("=").map((part) => part.trim());
    const local = prefix && Array.from(form.elements).some((box) => box.name === prefix + name);
    const given = answers(form, local ? prefix + name : name);
    return wanted === undefined ? given.length > 0 : wanted.split("|").some((value) => given.includes(value.trim()));
  });
  const arrange = (form) => {
    for (const part of all("[data-shown-when]", form)) {
      part.hidden = !holds(form, part.dataset.shownWhen, part.dataset.shownPrefix);
    }
    for (const section of all(".form-section", form)) {  // a section all of whose boxes are hidden is hidden with its line in the index
      const boxes = all(".field", section);
      const ruledOut = Boolean(section.dataset.shownWhen) && section.hidden;
      section.hidden = ruledOut || (boxes.length > 0 && boxes.every((box) => box.hidden));
      all(`.section-index a[href="#${section.id}"]`).forEach((link) => { link.parentElement.hidden = section.hidden; });
    }
  };

  // ---- unsaved words: status line, warning before leaving, session that ended meanwhile ----
  const unsaved = new Set();
  let expired = false;
  const status = (kind) => {
    const line = document.getElementById("save-status");
    if (!line) return;
    line.className = `save-status is-${kind}`;
    line.textContent = words()[kind] ?? "";
  };
  const banner = (id) => {
    const place = document.getElementById("notices");
    const sheet = document.getElementById(id);
    if (!place || !sheet || place.querySelector(`[data-banner="${id}"]`)) return;
    const box = document.createElement("div");
    box.dataset.banner = id;
    box.append(sheet.content.cloneNode(true));
    place.prepend(box);
    place.scrollIntoView({ block: "center" });
    place.focus({ preventScroll: true });
  };
  const takeDown = (id) => all(`[data-banner="${id}"]`).forEach((box) => box.remove());
  const isAutosave = (event) => event.detail.elt?.matches?.("form[data-autosave]");
  window.addEventListener("beforeunload", (event) => {
    if (unsaved.size) event.preventDefault();
  });
  // Back from signing in elsewhere: a fresh token, then the draft is saved again.
  const resume = async () => {
    const url = document.body.dataset.tokenUrl;
    if (!expired || !url) return;
    const answer = await fetch(url, { headers: { "X-Autosave": "1" }, redirect: "manual" }).catch(() => null);
    if (!answer?.ok) return;
    const token = (await answer.text()).trim();
    all("input[name=csrf_token]").forEach((box) => { box.value = token; });
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
    expired = false;
    takeDown("banner-expired");
    unsaved.forEach((form) => window.htmx?.trigger(form, "save"));
  };
  window.addEventListener("focus", resume);
  document.addEventListener("visibilitychange", resume);

  document.addEventListener("htmx:configRequest", (event) => {
    if (!isAutosave(event)) return;
    const form = event.detail.elt;
    if (form.dataset.sent) return event.preventDefault();  // handed in meanwhile, with everything on the page
    // htmx sends along the button that was pressed or has the focus, to the button's own address: a save is never an act.
    event.detail.path = form.getAttribute("hx-post");
    for (const box of all("input[type=file], button[name]", form)) delete event.detail.parameters[box.name];
    status("saving");
  });
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const { xhr } = event.detail;
    const signedOut = xhr.status === 401 || (xhr.getResponseHeader("HX-Redirect") && (unsaved.size || isAutosave(event)));
    if (!signedOut || !document.querySelector("form[data-keep-text]")) return;
    event.preventDefault();
    expired = true;
    banner("banner-expired");
    status("failed");
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (isAutosave(event) && event.detail.xhr.status >= 400) {
      event.detail.shouldSwap = false;
      status("failed");
    }
  });
  // A box whose lines a save has told anew is marked by what they now say.
  document.addEventListener("htmx:oobAfterSwap", (event) => {
    const lines = document.getElementById(event.detail.target.id);
    const field = lines?.matches(".field-errors") && lines.closest(".field:not(.field-rows, .field-group)");
    if (!field) return;
    const wrong = lines.querySelector(".field-error:not(.field-warning)") !== null;
    field.classList.toggle("has-error", wrong);
    for (const box of all("input:not([type=radio], [type=checkbox], [type=hidden]), select, textarea", field)) {
      if (wrong) box.setAttribute("aria-invalid", "true");
      else box.removeAttribute("aria-invalid");
    }
  });
  // A press while a save is under way waits for its answer: sent along with the old revision it would look like a second editor.
  let pressed = null;
  document.addEventListener("htmx:afterRequest", (event) => {
    free(event.detail.elt?.closest?.("form"));
    if (pressed && event.detail.elt === pressed.form) {
      const { form, button } = pressed;
      pressed = null;
      setTimeout(() => form.requestSubmit(button));
    }
    if (!event.detail.successful) return;
    takeDown("banner-offline");
    if (isAutosave(event)) unsaved.delete(event.detail.elt);
  });
  document.addEventListener("htmx:sendError", (event) => {
    if (isAutosave(event)) status("failed");
    banner("banner-offline");
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id !== "notices") return;
    all("dialog[open]").forEach((dialog) => dialog.close());
    event.detail.target.scrollIntoView({ block: "center" });
  });

  // ---- one click, one act ----
  const free = (form) => {
    if (!form) return;
    delete form.dataset.sent;
    all("[aria-disabled]", form).forEach((button) => button.removeAttribute("aria-disabled"));
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (expired && form.matches("[data-keep-text]")) {
      event.preventDefault();
      return document.getElementById("notices")?.scrollIntoView({ block: "center" });
    }
    if (form.dataset.sent) event.preventDefault();
    if (form.dataset.sent || form.method === "get") return;
    if (form.matches("[data-autosave].htmx-request")) {
      event.preventDefault();
      pressed = { form, button: event.submitter };
      event.submitter?.setAttribute("aria-disabled", "true");
      return;
    }
    unsaved.delete(form);
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-disabled", "true");
    if (form.matches("[data-download], [target=_blank]")) setTimeout(() => free(form), 3000);
  });
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach(free));

  // ---- resident identity number (GB 11643): groups, birth date and sex, check digit; the server decides ----
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const readIdNumber = (box) => {
    const text = box.value.replace(/\s/g, "").toUpperCase();
    const show = (attribute, sentence) => {
      const line = document.querySelector(`[${attribute}="${box.id}"]`);
      if (line) line.textContent = sentence;
    };
    show("data-id-grouped", text.length > 6 ? [text.slice(0, 6), text.slice(6, 14), text.slice(14)].join(" ") : "");
    if (!/^\d{17}[\dX]$/.test(text)) {
      show("data-id-warning", text && document.activeElement !== box ? (words().idLength ?? "").replace("{n}", text.length) : "");
      return;
    }
    const date = `${text.slice(6, 10)}-${text.slice(10, 12)}-${text.slice(12, 14)}`;
    const day = new Date(`${date}T00:00:00Z`);
    const real = !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date);
    const digit = "10X98765432"[weights.reduce((sum, weight, place) => sum + weight * Number(text[place]), 0) % 11];
    show("data-id-warning", real ? (digit === text[17] ? "" : words().idDigit ?? "") : words().idDate ?? "");
    const prefix = box.name.slice(0, box.name.length - box.name.split("-").pop().length);
    const find = (name) => all("input", box.form).filter((other) => other.name === prefix + name);
    if (!real) return;
    for (const other of find("birth_date")) {
      if (!other.value || other.value === box.dataset.birthGiven) other.value = date;
    }
    const sex = Number(text[16]) % 2 ? "男" : "女";
    const choices = find("sex");
    const labelled = (choice) => choice.value === sex || choice.labels?.[0]?.textContent.trim() === sex;
    if (box.dataset.birthGiven || !choices.some((choice) => choice.checked)) choices.filter((choice) => choice.type === "radio" && labelled(choice)).forEach((choice) => { choice.checked = true; });
    box.dataset.birthGiven = date;
    arrange(box.form);
  };

  // ---- while filling ----
  const count = (box) => {
    const line = document.querySelector(`[data-count-for="${box.id}"]`);
    if (!line) return;
    line.querySelector("span").textContent = String(Array.from(box.value).length);
    line.classList.toggle("is-full", box.value.length >= Number(line.dataset.limit));
  };
  const weigh = (box) => {
    const limit = Number(box.dataset.maxBytes);
    const heavy = Array.from(box.files).find((file) => file.size > limit);
    const place = document.getElementById(box.dataset.errorId);
    place?.replaceChildren();
    if (!heavy) return;
    box.value = "";
    const line = document.createElement("p");
    line.className = "field-error";
    line.textContent = (words().tooLarge ?? "").replace("{name}", heavy.name).replace("{limit}", String(Math.floor(limit / 1048576)));
    place?.append(line);
  };
  const tick = (name) => {
    const boxes = all(`input[type=checkbox][name="${CSS.escape(name)}"]`);
    const ticked = boxes.filter((box) => box.checked).length;
    all(`[data-check-count="${CSS.escape(name)}"]`).forEach((place) => { place.textContent = String(ticked); });
    all(`[data-check-all="${CSS.escape(name)}"]`).forEach((box) => {
      box.checked = ticked > 0 && ticked === boxes.length;
      box.indeterminate = ticked > 0 && ticked < boxes.length;
    });
  };
  const touched = (event) => {
    const box = event.target;
    if (box.matches?.("textarea")) count(box);
    if (box.matches?.("[data-id-number]")) readIdNumber(box);
    if (box.form) arrange(box.form);
    if (box.form?.matches("[data-keep-text]")) {
      unsaved.add(box.form);
      status("dirty");
    }
  };
  document.addEventListener("input", touched);
  document.addEventListener("change", (event) => {
    touched(event);
    const box = event.target;
    if (box.matches("input[type=file][data-max-bytes]")) weigh(box);
    if (box.matches("[data-check-all]")) {
      all(`input[type=checkbox][name="${CSS.escape(box.dataset.checkAll)}"]`).forEach((other) => { other.checked = box.checked; });
      tick(box.dataset.checkAll);
    } else if (box.type === "checkbox" && box.name) tick(box.name);
    if (box.matches("form[data-auto-submit] select")) box.form.requestSubmit();
  });
  document.addEventListener("focusout", (event) => {
    if (event.target.matches?.("[data-id-number]")) setTimeout(() => readIdNumber(event.target));
  });

  // ---- buttons ----
  on("click", "[data-dialog-open]", (button, event) => {
    const dialog = document.getElementById(button.dataset.dialogOpen);
    if (!dialog?.showModal) return;
    event.preventDefault();
    dialog.showModal();
  });
  on("click", "[data-dialog-close]", (button, event) => {
    event.preventDefault();
    button.closest("dialog")?.close();
  });
  on("click", "[data-print]", () => window.print());
  on("click", "[data-copy]", async (button) => {
    const text = button.dataset.copy;
    try {
      await navigator.clipboard.writeText(text);
    } catch {  // no clipboard on plain http: mark the words so that they can be copied by hand
      window.getSelection().selectAllChildren(button.previousElementSibling ?? button);
      document.execCommand("copy");
    }
    const label = button.querySelector("span");
    const before = label.textContent;
    label.textContent = button.dataset.copied;
    setTimeout(() => { label.textContent = before; }, 2000);
  });

  const start = (root) => {
    all("form", root).concat(root.closest?.("form") ?? []).forEach((form) => { if (form.querySelector("[data-shown-when]")) arrange(form); });
    all("[data-id-number]", root).forEach((box) => { if (box.value) readIdNumber(box); });
    all("[data-check-all]", root).forEach((box) => tick(box.dataset.checkAll));
  };
  start(document);
  document.addEventListener("htmx:load", (event) => start(event.detail.elt));
})();
