// Says what the form would open while it is filled in. Without it the next page says the same.
const form = document.querySelector("form[data-count]");
const line = document.querySelector("#antal");
let asked = 0;

async function say() {
  const number = ++asked;
  const choices = new URLSearchParams(new FormData(form));
  choices.delete("csrf_token");
  const answer = await fetch(`${form.dataset.count}?${choices}`, { headers: { "X-Background": "1" } }).catch(() => null);
  if (number !== asked || !answer?.ok) return;
  const { words } = await answer.json();
  line.hidden = !words;
  line.textContent = words;
}

if (form && line) {
  form.addEventListener("change", say);
  say();
}
