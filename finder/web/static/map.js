/* The map in the browser: what Folium's script calls. Everything that comes as data becomes text or numbers here. */
"use strict";

const finderMap = (() => {
  const SVG = "http://www.w3.org/2000/svg";
  const LEAST_RADIUS = 3.4; // pixels
  const OUTLINES_FROM = 13.5; // zoom from which plots show their own outline instead of a square
  const NEAR_FROM = 12; // zoom from which access points show their sign instead of a dot

  const element = (name, attributes = {}, ...children) => {
    const made = document.createElementNS(SVG, name);
    if (name === "svg") made.setAttribute("aria-hidden", "true"); // what it means is said in words beside it
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
    made.append(...children);
    return made;
  };
  const text = (tag, cls, words) => {
    const made = document.createElement(tag);
    if (cls) made.className = cls;
    made.textContent = words;
    return made;
  };
  const mark = (words, cls, point) => {
    const word = text("span", "", words);
    word.setAttribute("aria-hidden", "true");
    return L.marker(point, {
      icon: L.divIcon({ className: `mark-word ${cls}`, html: word, iconSize: null }),
      interactive: false,
      keyboard: false,
      pane: "words",
    });
  };

  // -- what lies under the sites -----------------------------------------------------------------------------------

  const town = (feature, point) => mark(feature.properties.name, "is-town", point);

  const plate = (feature, point) => mark(feature.properties.name, "is-plate", point);

  const accessPoint = (feature, point) => {
    const { name, road, kind, label } = feature.properties;
    const sign = element("svg", { viewBox: "0 0 16 16" }, element("use", { href: `#as-${kind}` }));
    const shown = L.marker(point, {
      icon: L.divIcon({ className: "access-sign", html: sign, iconSize: null }),
      keyboard: false,
    });
    const words = document.createElement("span");
    words.append(text("b", "", road && kind === "motorway_junction" ? `${road} ${name}` : name), text("span", "", label));
    return shown.bindTooltip(words, { className: "map-tip", direction: "top", offset: [0, -8] });
  };

  // -- sites -------------------------------------------------------------------------------------------------------

  const card = (site) => {
    const made = document.createElement("div");
    made.className = "map-card";
    const link = text("a", "", site.name);
    link.href = site.href;
    const head = text("p", "map-card-name", "");
    head.append(link);
    made.append(head);
    for (const line of [[site.town, ...site.tags], [site.size, site.zoning], [site.availability], [site.access]]) {
      const known = line.filter(Boolean);
      if (known.length) made.append(text("p", "", known.join(" · ")));
    }
    return made;
  };

  const square = (shown) => {
    const side = shown.side;
    const width = side / shown.fills.length;
    const parts = [element("rect", { class: "m-bg", x: -side / 2, y: -side / 2, width: side, height: side })];
    shown.fills.forEach((fill, i) => {
      const at = { x: -side / 2 + i * width, y: -side / 2, width, height: side };
      parts.push(element("rect", { ...at, fill: `url(#pz-${fill})` }));
    });
    parts.push(
      element("rect", { class: `m-z av-${shown.outline}`, x: -side / 2, y: -side / 2, width: side, height: side }),
    );
    if (shown.fills[0] === "unknown") {
      parts.push(element("use", { href: "#pz-query", x: -side / 2, y: -side / 2, width: side, height: side }));
    }
    return element("svg", { class: "site-square", width: 26, height: 26, viewBox: "-13 -13 26 26" }, ...parts);
  };

  const centre = (geometry) => {
    if (geometry.type === "Point") return L.latLng(geometry.coordinates[1], geometry.coordinates[0]);
    return L.geoJSON(geometry).getBounds().getCenter();
  };

  const pixels = (map, metres, latitude) =>
    metres / ((40075016.7 * Math.cos((latitude * Math.PI) / 180)) / 2 ** (map.getZoom() + 8));

  /* One site as one or two layers: a sign, and from near on its own outline. */
  const draw = (map, feature) => {
    const shown = feature.properties;
    const point = centre(feature.geometry);
    if (shown.form === "circle") {
      const circle = L.circleMarker(point, { className: `m-doc is-${shown.state}`, radius: LEAST_RADIUS, pane: "circles" });
      circle.fit = () => circle.setRadius(Math.max(LEAST_RADIUS, pixels(map, shown.radius_m, point.lat)));
      return { sign: circle };
    }
    const cross = () => {
      const lines = element("path", { class: "m-docx", d: "M-4 0H4M0-4V4" });
      return element("svg", { class: "site-square", width: 26, height: 26, viewBox: "-13 -13 26 26" }, lines);
    };
    const icon = L.divIcon({
      className: "site-sign",
      html: shown.form === "cross" ? cross() : square(shown),
      iconSize: [26, 26],
    });
    const sign = L.marker(point, { icon, alt: feature.properties.name, riseOnHover: true });
    if (shown.form === "square" && shown.radius_m) {
      const look = { className: `m-z av-${shown.outline}`, fillColor: `url(#pz-${shown.fills[0]})`, fillOpacity: 1 };
      // an approximate outline is always a circle of the size, whatever its corners say
      const plot = shown.approximate ? L.circle(point, { ...look, radius: shown.radius_m }) : L.geoJSON(feature.geometry, look);
      return { sign, outline: shown.approximate ? plot : plot.getLayers()[0] };
    }
    return { sign };
  };

  const name = (layer, site) => {
    const made = layer.getElement();
    if (!made) return;
    made.dataset.site = site.id;
    if (layer instanceof L.Path) {
      made.setAttribute("tabindex", "0");
      made.setAttribute("role", "button");
    }
    made.setAttribute("aria-label", `${site.name}, ${site.town}, ${site.size}`);
  };

  /* The way that an open card tells, as a line; it goes with the card. */
  const showWay = (map, site, layer) => {
    if (!site.ways) return;
    let line = null;
    let open = true;
    layer.once("popupclose", () => {
      open = false;
      line?.remove();
    });
    fetch(site.ways, { headers: { Accept: "application/geo+json" } })
      .then((answer) => (answer.ok ? answer.json() : { features: [] }))
      .then(({ features }) => {
        const ways = features.filter((way) => way.properties.kind === "motorway_junction");
        if (!open || !ways.length) return;
        const look = (className) => L.geoJSON(ways, { className, interactive: false, pane: "ways" });
        line = L.layerGroup([look("m-way-edge"), look("m-way is-motorway_junction")]).addTo(map);
      })
      .catch(() => {}); // the card says it in words
  };

  const addSites = (map, collection) => {
    const drawn = collection.features.filter((f) => f.geometry && f.properties.form).map((f) => ({ f, ...draw(map, f) }));
    drawn.sort((a, b) => (b.f.properties.size_m2 || 0) - (a.f.properties.size_m2 || 0));
    for (const { f, sign, outline } of drawn) {
      for (const layer of [sign, outline]) {
        if (!layer) continue;
        layer.bindPopup(() => card(f.properties), { minWidth: 210, maxWidth: 270, autoPanPadding: [12, 12] });
        layer.on("add", () => name(layer, f.properties));
        layer.on("popupopen", (event) => {
          showWay(map, f.properties, layer);
          // opened by the keyboard: go on with it there
          if (document.activeElement === layer.getElement()) event.popup.getElement().querySelector("a").focus();
        });
        layer.on("popupclose", (event) => {
          const own = event.popup.getElement();
          if (own && own.contains(document.activeElement)) layer.getElement()?.focus();
        });
      }
    }
    const update = () => {
      const near = map.getZoom() >= OUTLINES_FROM;
      map.getContainer().classList.toggle("is-near", map.getZoom() >= NEAR_FROM);
      for (const { sign, outline } of drawn) {
        const [on, off] = near && outline ? [outline, sign] : [sign, outline];
        if (off && map.hasLayer(off)) off.remove();
        if (!map.hasLayer(on)) on.addTo(map);
        if (sign.fit) sign.fit();
      }
    };
    map.on("zoomend", update);
    update();
  };

  // -- list and map ------------------------------------------------------------------------------------------------

  const heat = (id, on) => {
    for (const mate of document.querySelectorAll(`[data-site="${CSS.escape(id)}"]`)) mate.classList.toggle("is-hot", on);
  };
  const follow = (enter, leave) => {
    document.addEventListener(enter, (event) => {
      const own = event.target instanceof Element && event.target.closest("[data-site]");
      if (own) heat(own.dataset.site, true);
    });
    document.addEventListener(leave, (event) => {
      const own = event.target instanceof Element && event.target.closest("[data-site]");
      if (own && !own.contains(event.relatedTarget)) heat(own.dataset.site, false);
    });
  };
  follow("mouseover", "mouseout");
  follow("focusin", "focusout");

  // -- the map itself ----------------------------------------------------------------------------------------------

  const speak = (map, words) => {
    const box = map.getContainer();
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", words.map);
    const say = (selector, word) => {
      const control = box.querySelector(selector);
      if (!control) return;
      control.title = word;
      control.setAttribute("aria-label", word);
    };
    say(".leaflet-control-zoom-in", words.zoomIn);
    say(".leaflet-control-zoom-out", words.zoomOut);
    say(".leaflet-control-layers-toggle", words.layers);
    map.on("popupopen", (event) => {
      const close = event.popup.getElement().querySelector(".leaflet-popup-close-button");
      if (close) close.setAttribute("aria-label", words.close);
    });
  };

  const behave = (map) => {
    map.getContainer().addEventListener("keydown", (event) => {
      if (event.key === "Escape") map.closePopup();
    });
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) map._zoomAnimated = map.options.zoomAnimation = false;
    // a wheel or a finger that only passes by scrolls the page, not the map
    map.scrollWheelZoom.disable();
    map.on("focus click", () => map.scrollWheelZoom.enable());
    map.on("blur mouseout", () => map.scrollWheelZoom.disable());
    if (matchMedia("(pointer: coarse)").matches) {
      map.dragging.disable();
      map.on("enterFullscreen", () => map.dragging.enable());
      map.on("exitFullscreen", () => map.dragging.disable());
    }
  };

  const show = (map, settings) => {
    const sprite = new DOMParser().parseFromString(settings.sprite, "image/svg+xml").documentElement;
    document.body.append(document.importNode(sprite, true));
    const box = map.getContainer();
    const still = document.querySelector("[data-map-still]");
    box.hidden = false;
    if (still) still.hidden = true;
    map.invalidateSize({ pan: false });
    map.fitBounds(settings.bounds, { animate: false });
    map.setMaxBounds(L.latLngBounds(settings.bounds).pad(0.6));
    speak(map, settings.words);
    behave(map);
    fetch(settings.url, { headers: { Accept: "application/geo+json" } })
      .then((answer) => {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.json();
      })
      .then((collection) => {
        addSites(map, collection);
        box.dataset.ready = "true";
      })
      .catch(() => {
        // the still map has every site: better that than an empty one
        if (still) still.hidden = false;
        box.hidden = true;
      });
  };

  return { town, plate, accessPoint, show };
})();
