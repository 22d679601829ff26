//! The page's own WebAssembly: graph, layout and drawing.

fn main() {
    limbeck_page::app::mount();
}
