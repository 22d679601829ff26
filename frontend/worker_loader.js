// Starts the worker's WebAssembly. Trunk's own loader calls it in a way that wasm-bindgen has deprecated.
importScripts("./worker.js");
wasm_bindgen({ module_or_path: "./worker_bg.wasm" });
