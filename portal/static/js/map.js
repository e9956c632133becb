// The map beside a list of clinics. The list is the truth: the pins are read from its items, and whatever is missing
// here (Leaflet, the borders, a clinic's position) leaves the list whole and the figure hidden.
// Colours are classes in map.css; nothing is written into style attributes or HTML strings.

const L = window.L;
const topojson = window.topojson;
const SWEDEN = [[54.6, 9.5], [69.6, 25.6]];
const PIN = { width: 44, height: 46 };
const NAMES_FROM_ZOOM = 7.5;
const PUSHES = 80;

const figure = document.querySelector('.map[data-borders]');
const clinics = [...document.querySelectorAll('.clinic[data-lat][data-lon]')].map(readClinic).filter(Boolean);

if (figure && L && topojson && clinics.length) {
  fetch(figure.dataset.borders)
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
    .then(show)
    .catch(() => { figure.hidden = true; });
}

function still() {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

function readClinic(item) {
  const position = [Number.parseFloat(item.dataset.lat), Number.parseFloat(item.dataset.lon)];
  const link = item.querySelector('h3 a, h2 a');
  const number = item.querySelector('.pinmark')?.textContent.trim();
  if (position.some(Number.isNaN) || !link || !number) return null;
  return { item, link, position, number, name: link.textContent.trim() };
}

function show(borders) {
  const { tiles, tilesAttribution, zoomIn, zoomOut } = figure.dataset;
  figure.hidden = false; // Leaflet measures its box, so the box must be there first
  const map = L.map(figure.querySelector('.map-canvas'), {
    attributionControl: false,
    zoomControl: false,
    scrollWheelZoom: false,
    dragging: !L.Browser.mobile,
    maxBounds: L.latLngBounds(SWEDEN).pad(0.1),
    maxBoundsViscosity: 1,
    minZoom: 4,
    maxZoom: tiles ? 18 : 13,
    zoomSnap: tiles ? 1 : 0.5,
    ...(still() && { zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false, inertia: false }),
  });
  const zoom = L.control.zoom({ zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(map);
  figure.querySelector('figcaption').append(zoom.getContainer()); // beside the map, where it can't lie over a pin
  fit(map, clinics.map((clinic) => clinic.position));
  if (tiles) addTiles(map, tiles, tilesAttribution);
  addBorders(map, borders);
  const pins = clinics.map((clinic) => addPin(map, clinic));
  const setApart = L.layerGroup().addTo(map);
  const names = L.layerGroup().addTo(map);
  const places = tiles ? [] : readPlaces(borders);
  const settle = () => {
    keepApart(map, pins, setApart);
    writeNames(map, pins, places, names);
  };
  map.on('zoomend', settle).on('moveend', () => writeNames(map, pins, places, names));
  settle();
  fit(map, pins.map(({ marker }) => marker.getLatLng())); // with those that stepped aside
  takeOverWhenAsked(map);
  document.querySelectorAll('[data-needs-map]').forEach((element) => { element.hidden = false; });
}

function fit(map, positions) {
  const padding = { paddingTopLeft: [28, 58], paddingBottomRight: [28, 14] };
  map.fitBounds(L.latLngBounds(positions), { ...padding, maxZoom: map.getMaxZoom() - 3, animate: false });
}

function addTiles(map, url, attribution) {
  figure.classList.add('map-tiled');
  L.tileLayer(url, { maxZoom: 18 }).addTo(map);
  L.control.attribution({ prefix: false }).addAttribution(attribution || '').addTo(map);
}

// Three shapes in all: the land, the municipalities' inner borders, and the counties' borders with the coast.
function addBorders(map, borders) {
  const { counties, municipalities } = borders.objects;
  const inner = (a, b) => a !== b && a.properties.code.slice(0, 2) === b.properties.code.slice(0, 2);
  const draw = (className, shape) => L.geoJSON(shape, { interactive: false, smoothFactor: 0, style: { className } }).addTo(map);
  draw('land', topojson.merge(borders, counties.geometries));
  draw('municipality', topojson.mesh(borders, municipalities, inner));
  draw('county', topojson.mesh(borders, counties));
}

function addPin(map, { item, link, position, number, name }) {
  const pin = document.createElement('a');
  const mark = document.createElement('span');
  pin.className = 'pin';
  pin.href = `#${item.id}`;
  pin.setAttribute('aria-label', `${number}. ${name}`);
  mark.textContent = number;
  pin.append(mark);
  const { width, height } = PIN;
  const icon = L.divIcon({ html: pin, className: '', iconSize: [width, height], iconAnchor: [width / 2, height] });
  const marker = L.marker(position, { icon, keyboard: false, riseOnHover: true }).addTo(map);

  const light = (on) => {
    pin.classList.toggle('pin-lit', on);
    marker.setZIndexOffset(on ? 1000 : 0);
  };
  for (const [begin, end] of [['focusin', 'focusout'], ['mouseenter', 'mouseleave']]) {
    item.addEventListener(begin, () => light(true));
    item.addEventListener(end, () => light(false));
  }
  pin.addEventListener('focus', () => {
    marker.setZIndexOffset(1000);
    map.panInside(marker.getLatLng(), { paddingTopLeft: [30, 60], paddingBottomRight: [30, 12], animate: false });
  });
  pin.addEventListener('blur', () => marker.setZIndexOffset(0));
  pin.addEventListener('click', (event) => {
    event.preventDefault();
    choose(item, link);
  });
  pin.addEventListener('keydown', (event) => {
    if (event.key !== ' ') return;
    event.preventDefault();
    choose(item, link);
  });
  return { marker, position };
}

// Pins that would cover each other step aside, and a line leads to their spot: each stays whole, readable and pressable.
function keepApart(map, pins, lines) {
  const spots = pins.map(({ position }) => map.latLngToLayerPoint(position));
  const feet = spots.map((spot) => spot.clone());
  for (let push = 0, moved = true; moved && push < PUSHES; push += 1) {
    moved = false;
    feet.forEach((foot, i) => feet.slice(i + 1).forEach((other) => { moved = part(foot, other) || moved; }));
  }
  lines.clearLayers();
  pins.forEach(({ marker, position }, i) => {
    const aside = feet[i].distanceTo(spots[i]) > 1;
    const foot = aside ? map.layerPointToLatLng(feet[i]) : position;
    marker.setLatLng(foot);
    if (!aside) return;
    L.polyline([position, foot], { className: 'aside', interactive: false }).addTo(lines);
    L.circleMarker(position, { className: 'spot', radius: 3, interactive: false }).addTo(lines);
  });
}

// Two pins part along the way that is shorter, each half of it. Says whether they had to.
function part(one, other) {
  const x = PIN.width - Math.abs(other.x - one.x);
  const y = PIN.height - Math.abs(other.y - one.y);
  if (x < 0.5 || y < 0.5) return false;
  const axis = x <= y ? 'x' : 'y';
  const half = (axis === 'x' ? x : y) / 2;
  const sign = other[axis] < one[axis] ? -1 : 1;
  one[axis] -= sign * half;
  other[axis] += sign * half;
  return true;
}

function choose(item, link) {
  for (const { item: other } of clinics) other.classList.toggle('chosen', other === item);
  item.scrollIntoView({ block: 'center', behavior: still() ? 'auto' : 'smooth' });
  link.focus({ preventScroll: true });
}

function readPlaces(borders) {
  return topojson.feature(borders, borders.objects.municipalities).features
    .map((feature) => ({ name: feature.properties.name, bounds: L.geoJSON(feature).getBounds() }))
    .sort((a, b) => span(b.bounds) - span(a.bounds));
}

// Names of municipalities, the large ones first, each only where it covers neither a pin nor another name.
function writeNames(map, pins, places, layer) {
  layer.clearLayers();
  if (map.getZoom() < NAMES_FROM_ZOOM) return;
  const view = L.bounds([0, 0], map.getSize());
  const taken = pins.map(({ marker }) => (
    box(map.latLngToContainerPoint(marker.getLatLng()).subtract([0, PIN.height / 2]), PIN.width, PIN.height)
  ));
  for (const { name, bounds } of places) {
    const width = name.length * 9 + 4;
    const room = box(map.latLngToContainerPoint(bounds.getCenter()), width, 20);
    if (view.contains(room) && !taken.some((other) => other.overlaps(room))) {
      taken.push(room);
      addName(name, bounds.getCenter(), width, layer);
    }
  }
}

function addName(name, position, width, layer) {
  const label = document.createElement('span');
  label.textContent = name;
  label.setAttribute('aria-hidden', 'true');
  const icon = L.divIcon({ html: label, className: 'place', iconSize: [width, 20] });
  L.marker(position, { icon, interactive: false, keyboard: false, zIndexOffset: -1000 }).addTo(layer);
}

function span(bounds) {
  return (bounds.getEast() - bounds.getWest()) * (bounds.getNorth() - bounds.getSouth());
}

function box(centre, width, height) {
  const half = L.point(width / 2, height / 2);
  return L.bounds(centre.subtract(half), centre.add(half));
}

// The wheel, and a finger on a phone, move the page until the map has been pressed or focused.
function takeOverWhenAsked(map) {
  const canvas = map.getContainer();
  const taken = (on) => {
    map.scrollWheelZoom[on ? 'enable' : 'disable']();
    if (L.Browser.mobile) map.dragging[on ? 'enable' : 'disable']();
  };
  canvas.addEventListener('focusin', () => taken(true));
  canvas.addEventListener('focusout', () => taken(false));
}
