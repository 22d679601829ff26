// Runs before the first paint: takes the stored theme, then starts the page's WebAssembly.
(() => {
  const root = document.documentElement;
  try {
    const theme = localStorage.getItem("limbeck.theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  } catch {
    // Storage is forbidden here: the system's theme stands.
  }

  const say = (text) => {
    const place = document.getElementById("boot-text");
    if (place) place.textContent = text;
  };

  const start = async () => {
    if (typeof WebAssembly !== "object") {
      say("This browser does not run WebAssembly, which Limbeck is made of. A current Firefox, Chrome, Edge or Safari does.");
      return;
    }
    if (location.protocol === "file:") {
      say("Browsers start this page only from a web server. `python3 -m http.server`, typed in its directory, is one.");
      return;
    }
    const names = document.querySelector('meta[name="limbeck-page"]').content.split(" ");
    const [script, module] = names.map((name) => new URL(name, document.baseURI).href);
    try {
      const page = await import(script);
      await page.default({ module_or_path: module });
    } catch (error) {
      console.error(error);
      say("The page could not be loaded completely. Check that the server still runs, then reload.");
    }
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
