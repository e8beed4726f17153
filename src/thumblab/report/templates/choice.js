// Buttons of which one is pressed: those with data-NAME; whoever asks is handed the value.
function choice(name, take) {
  const buttons = document.querySelectorAll(`[data-${name}]`);
  for (const button of buttons) {
    button.addEventListener("click", () => {
      buttons.forEach((other) => other.setAttribute("aria-pressed", other === button));
      take(button.dataset[name]);
    });
  }
}
