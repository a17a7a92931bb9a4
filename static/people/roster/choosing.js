// Shift-click selects or clears a range of rows. The page works without JavaScript.

const boxes = [...document.querySelectorAll('input[name="row"]')];
let last = null;

for (const box of boxes) {
  box.addEventListener("click", (event) => {
    if (event.shiftKey && last !== null && last !== box) {
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((one, other) => one - other);
      for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
    }
    last = box;
  });
}
