// Starts the WebAssembly of the second worker, as worker_loader.js does that of the first.
importScripts("./model.js");
wasm_bindgen({ module_or_path: "./model_bg.wasm" });
