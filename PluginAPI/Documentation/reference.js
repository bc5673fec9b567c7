// The contents: what is open follows what is read, and the field narrows it.
const field = document.querySelector("nav input[type=search]");
const parts = [...document.querySelectorAll("nav details")];
field.addEventListener("input", () => {
  const wanted = field.value.trim().toLowerCase();
  for (const part of parts) {
    let any = part.querySelector("summary").textContent.toLowerCase().includes(wanted);
    const whole = any;
    for (const link of part.querySelectorAll(":scope > a")) {
      const hit = whole || link.textContent.toLowerCase().includes(wanted);
      link.hidden = !hit;
      any = any || hit;
    }
    part.hidden = !any;
    part.open = wanted !== "" && any;
  }
});
const menu = document.getElementById("menu");
document.querySelector("nav").addEventListener("click", event => { if (event.target.closest("a")) menu.checked = false; });
const links = new Map(parts.map(part => [part.querySelector("summary a").hash.slice(1), part]));
const seen = new IntersectionObserver(entries => {
  for (const entry of entries) {
    if (!entry.isIntersecting || field.value) continue;
    for (const [key, part] of links) {
      part.open = key === entry.target.id;
      part.classList.toggle("here", part.open);
    }
    const part = links.get(entry.target.id), nav = document.querySelector("nav");
    if (part && (part.offsetTop < nav.scrollTop || part.offsetTop > nav.scrollTop + nav.clientHeight - 80)) nav.scrollTop = part.offsetTop - 120;
  }
}, { rootMargin: "-15% 0px -80% 0px" });
document.querySelectorAll("article").forEach(article => seen.observe(article));
