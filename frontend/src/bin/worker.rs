//! The worker's WebAssembly: everything that reads SQL.

fn main() {
    limbeck_page::analysis::worker::serve();
}
