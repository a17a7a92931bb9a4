// Sends each mark as a small request, without reloading the page. A failure is shown, and the button can be pressed again.

const form = document.querySelector(".desk-form");
const figures = document.querySelector(".desk-count");

function show(line, button, present) {
  line.classList.toggle("desk-present", present);
  line.classList.remove("desk-wrong");
  line.querySelector("[data-state]").textContent = present ? form.dataset.marked : "";
  button.querySelector("[data-words]").textContent = present ? form.dataset.undo : form.dataset.mark;
  button.value = present ? "0" : "1";
  button.classList.toggle("btn-primary", !present);
  button.classList.toggle("btn-quiet", present);
}

function showError(line, words) {
  line.classList.add("desk-wrong");
  line.querySelector("[data-state]").textContent = words;
}

async function send(button) {
  const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value, present: button.value });
  const response = await fetch(button.formAction, {
    method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual", credentials: "same-origin",
  });
  const isJson = (response.headers.get("Content-Type") || "").startsWith("application/json");
  return isJson ? response.json() : { refusal: form.dataset.again };
}

async function mark(button) {
  const line = button.closest(".desk-line");
  if (line.dataset.busy) return;
  line.dataset.busy = "yes";
  try {
    const result = await send(button);
    if (result.refusal) {
      showError(line, result.refusal);
    } else {
      show(line, button, result.present);
      figures.textContent = figures.dataset.figures.replace("{present}", result.marked).replace("{expected}", result.expected);
    }
  } catch {
    showError(line, form.dataset.away);
  } finally {
    delete line.dataset.busy;
  }
}

if (form) {
  form.addEventListener("submit", (event) => {
    if (!event.submitter?.formAction) return;
    event.preventDefault();
    mark(event.submitter);
  });
}
