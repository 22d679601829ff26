//! The second worker's WebAssembly: what reads SQL, together with the model of Postgres that plays it.

fn main() {
    limbeck_page::analysis::worker::serve();
}
