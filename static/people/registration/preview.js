// Updates the preview of what each audience sees. Without JavaScript, a button asks the server for it.

const preview = document.querySelector("[data-preview]");
const form = preview?.closest("form");

const show = (line, chosen) => {
  for (const part of line.querySelectorAll("[data-shows]")) {
    part.hidden = !part.dataset.shows.split(" ").includes(chosen);
  }
};

const renew = () => {
  for (const line of preview.querySelectorAll("[data-audience]")) {
    const chosen = form.querySelector(`input[name="${line.dataset.audience}"]:checked`);
    if (chosen) show(line, chosen.value);
  }
};

if (form) {
  form.addEventListener("change", renew);
  preview.querySelector("[data-without-script]").hidden = true;
  renew();
}
