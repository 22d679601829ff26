//! The program `limbeck`.

fn main() -> std::process::ExitCode {
    limbeck::command::main(std::env::args_os())
}
