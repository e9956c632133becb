// "Print" buttons: only shown where there is something that can print.

for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => window.print());
}

// What is folded is printed unfolded, in browsers whose styles can't do that.
const folded = () => document.querySelectorAll('.declared details:not([open]):not(.no-print)');
let unfolded = [];

addEventListener('beforeprint', () => {
  unfolded = [...folded()];
  for (const one of unfolded) one.open = true;
});
addEventListener('afterprint', () => {
  for (const one of unfolded) one.open = false;
});
