// The waiting-room screen: one document that never moves on. Every step is an ordinary link or form; here it is fetched
// and put in place, so that the browser's history, its form memory and its pages of error never come into it.
// What a person leaves behind is gone when the next page stands; what was answered lies on the server for seconds.

const IDLE_SECONDS = 30; // then it asks whether somebody is there
const ASK_SECONDS = 20;
const CLEAR_SECONDS = 15; // an answer stands so long
const PULSE_MS = 5000;
const PULSE_PATIENCE_MS = 4000;
const PATIENCE_MS = 10000;
const SCANNER_MS = 100; // a person takes longer from the last digit to Enter
const LOOK_MS = 200; // between two looks of the camera

const root = document.documentElement;
let busy = false;
let lost = false; // no contact with the server
let waiting = ''; // keys that came while a step was under way
let lastAct = Date.now();
let lastKey = 0;
let asked = null; // what stood here when "are you there?" took its place
let stopCamera = () => {};
let homePage = null; // the start page as it was last served, for when it can't be fetched

const main = () => document.querySelector('main');
const field = () => document.querySelector('[data-typed]');
const atHome = () => 'atHome' in main().dataset;

// --- from page to page

async function go(address, form) {
  if (busy) return false;
  busy = true;
  main().setAttribute('aria-busy', 'true');
  try {
    const answer = await fetch(address, {
      method: form ? 'POST' : 'GET',
      body: form ? new URLSearchParams(new FormData(form)) : undefined,
      cache: 'no-store',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (!show(await answer.text())) throw new Error('no page of ours');
    setLost(false);
    return true;
  } catch {
    setLost(true);
    return false;
  } finally {
    busy = false;
    main().removeAttribute('aria-busy');
    takeWaiting();
  }
}

function show(html) {
  const page = new DOMParser().parseFromString(html, 'text/html');
  if (!page.querySelector('main')) return false;
  Object.assign(root.dataset, page.documentElement.dataset);
  root.lang = page.documentElement.lang;
  root.dir = page.documentElement.dir;
  root.dir = page.documentElement.dir;
  document.title = page.title;
  document.body.replaceChildren(...page.body.childNodes);
  if (atHome()) remember(html);
  arrive();
  return true;
}

async function goHome() {
  forget();
  if (!(await go(root.dataset.home)) && homePage) show(homePage);
}

function forget() {
  const typed = field();
  if (typed) typed.value = '';
  waiting = '';
  asked = null;
  for (const name of ['text', 'contrast', 'reach']) delete root.dataset[name];
}

// Only as a newcomer meets it: not in the language of whoever was here last.
function remember(html) {
  if (root.dataset.language === root.lang) homePage = html;
}

function arrive() {
  stopCamera();
  asked = null;
  lastAct = Date.now();
  for (const element of document.querySelectorAll('[data-tools], [data-key]')) element.hidden = false;
  for (const element of document.querySelectorAll('[data-camera]')) element.hidden = !('BarcodeDetector' in window);
  showTools();
  showLost();
  showWritten();
  tick();
  (document.querySelector('[autofocus]') ?? main()).focus({ preventScroll: true });
}

// --- scanner, keyboard, keypad

document.addEventListener('keydown', (event) => {
  lastAct = Date.now();
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const letter = [...event.key].length === 1 && event.key !== ' ' ? event.key : '';
  if (asked && letter) stay();
  if (busy) {
    if (letter || event.key === 'Enter') {
      waiting += letter || '\n';
      event.preventDefault();
    }
    return;
  }
  const typed = field();
  if (!typed) return;
  const quick = Date.now() - lastKey < SCANNER_MS;
  if (letter) lastKey = Date.now();
  if (event.target === typed && !typed.form.matches('.k-scanner')) return; // a person writes: the browser does it all
  if (letter) {
    typed.value += letter;
    showWritten();
    event.preventDefault();
  } else if (event.key === 'Enter' && typed.value && (quick || typed.form.matches('.k-scanner'))) {
    event.preventDefault();
    send(typed.form);
  } else if (event.key === 'Backspace') {
    event.preventDefault();
    typed.value = typed.value.slice(0, -1);
    showWritten();
  }
});

// What the scanner typed meanwhile is for the page that stands now. Enter alone was only pressed twice.
function takeWaiting() {
  const [keys, ...rest] = waiting.split('\n');
  waiting = '';
  const typed = field();
  if (!keys || !typed) return;
  typed.value += keys;
  showWritten();
  if (rest.length) send(typed.form);
}

async function send(form) {
  await go(form.action, form);
}

function showWritten() {
  const words = document.querySelector('[data-written]');
  if (!words) return;
  const digits = field().value.replace(/\D/g, '');
  const sentence = digits.length === 1 ? words.dataset.textOne : words.dataset.text;
  words.textContent = digits && sentence.replace('{n}', digits.length).replace('{last}', digits.at(-1));
}

document.addEventListener('input', showWritten);

document.addEventListener('submit', (event) => {
  event.preventDefault();
  if (field().value || !event.target.matches('.k-scanner')) send(event.target);
});

document.addEventListener('pointerdown', () => { lastAct = Date.now(); });

document.addEventListener('click', (event) => {
  lastAct = Date.now();
  const pressed = event.target.closest('a[href], button');
  if (!pressed) return;
  if (pressed.dataset.key) {
    const typed = field();
    typed.value = pressed.dataset.key === 'back' ? typed.value.slice(0, -1) : typed.value + pressed.dataset.key;
    showWritten();
  } else if (pressed.dataset.tool) {
    const { tool } = pressed.dataset;
    if (tool in root.dataset) delete root.dataset[tool];
    else root.dataset[tool] = 'more';
    showTools();
  } else if ('stay' in pressed.dataset) stay();
  else if ('camera' in pressed.dataset) openCamera(pressed);
  else if (pressed.matches('a')) follow(event, pressed);
});

function follow(event, link) {
  if (link.getAttribute('href').startsWith('#')) return;
  event.preventDefault();
  if (link.href === new URL(root.dataset.home, location).href) goHome();
  else go(link.href);
}

function showTools() {
  for (const button of document.querySelectorAll('[data-tool]')) {
    button.setAttribute('aria-pressed', String(button.dataset.tool in root.dataset));
  }
}

// --- time: what somebody left is taken away

function tick() {
  if (busy) return;
  const idle = Math.floor((Date.now() - lastAct) / 1000);
  const { dataset } = main();
  if (asked) count(ASK_SECONDS - Math.floor((Date.now() - asked.at) / 1000));
  else if ('clear' in dataset) count(CLEAR_SECONDS - idle);
  else if ('idle' in dataset && idle >= IDLE_SECONDS) ask();
  else if (atHome() && idle >= IDLE_SECONDS && leftBehind()) goHome();
}

function count(left) {
  const words = document.querySelector('[data-count]');
  if (left <= 0) goHome();
  else if (words) words.textContent = left === 1 ? words.dataset.textOne : words.dataset.text.replace('{n}', left);
}

function ask() {
  asked = { at: Date.now(), stood: [...main().childNodes] };
  main().replaceChildren(document.querySelector('#still-there').content.cloneNode(true));
  tick();
  main().querySelector('[data-stay]').focus({ preventScroll: true });
}

function stay() {
  main().replaceChildren(...asked.stood);
  asked = null;
  lastAct = Date.now();
  (document.querySelector('[autofocus]') ?? main()).focus({ preventScroll: true });
}

// On the start page: digits, a language, larger letters, an open camera.
function leftBehind() {
  const tools = ['text', 'contrast', 'reach'].some((name) => name in root.dataset);
  return tools || Boolean(field()?.value) || root.lang !== root.dataset.language || !document.querySelector('[data-picture]')?.hidden;
}

// --- contact with the server

async function pulse() {
  if (busy) return;
  try {
    const answer = await fetch(root.dataset.pulse, { cache: 'no-store', signal: AbortSignal.timeout(PULSE_PATIENCE_MS) });
    if ('away' in main().dataset) {
      location.replace(root.dataset.home);
      return;
    }
    if (answer.redirected) {
      setLost(false);
      if (main().dataset.unknown === undefined) goHome(); // revoked: the start page asks for a code
      return;
    }
    if (!answer.ok) throw new Error(String(answer.status));
    const { registers, clock } = await answer.json();
    setLost(false);
    document.querySelector('[data-clock]')?.replaceChildren(clock);
    if (atHome() && !busy && main().dataset.registers !== (registers ? 'yes' : 'no')) goHome();
  } catch {
    setLost(true);
  }
}

function setLost(now) {
  lost = now;
  showLost();
}

function showLost() {
  const band = document.querySelector('[data-offline]');
  if (band) band.hidden = !lost;
}

addEventListener('offline', () => setLost(true));
addEventListener('online', pulse);

// --- camera, where the browser reads QR codes by itself

async function openCamera(button) {
  const place = document.querySelector('[data-picture]');
  const [video, words] = [place.querySelector('video'), place.querySelector('[role=status]')];
  place.hidden = false;
  button.hidden = true;
  let open = true;
  let stream;
  stopCamera = () => {
    open = false;
    stream?.getTracks().forEach((track) => track.stop());
    stopCamera = () => {};
  };
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'user' } });
    video.srcObject = stream;
    await video.play();
    const detector = new window.BarcodeDetector({ formats: ['qr_code'] });
    const look = async () => {
      if (!open) return;
      const [found] = await detector.detect(video).catch(() => []);
      if (!open) return;
      if (found) read(found.rawValue);
      else setTimeout(look, LOOK_MS);
    };
    await look();
  } catch {
    video.hidden = true;
    words.textContent = words.dataset.textDenied;
  }
}

function read(text) {
  stopCamera();
  const typed = field();
  typed.value = text;
  send(typed.form);
}

navigator.serviceWorker?.register(root.dataset.worker);
if (atHome()) remember(root.outerHTML);
arrive();
setInterval(tick, 500);
setInterval(pulse, PULSE_MS);
