//! The program `limbeck`.

/// Reading thousands of revisions is mostly asking for memory, and this one answers in half the time of the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    limbeck::command::main(std::env::args_os())
}
