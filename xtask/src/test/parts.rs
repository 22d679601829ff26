//! The parts of `cargo xtask test`, in the order in which they find most for the least time.

use std::cell::OnceCell;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;

use super::count::Count;
use super::stream::{check, tests};
use crate::failure::Failure;
use crate::install::wasm_std::{self, WasmStd};
use crate::install::{WasmTools, alembic, c_compiler, cargo_tool, corpora, debian, postgres};
use crate::{process, workspace};

/// One thing that must hold.
pub(crate) struct Part {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    /// Whether it consists of named tests, among which a filter can choose.
    pub(crate) has_tests: bool,
    pub(crate) run: fn(&Context) -> Result<Count, Failure>,
}

/// Every part. The page comes before the server, which carries it inside.
pub(crate) const PARTS: [Part; 12] = [
    Part { name: "format", what: "cargo fmt --check", has_tests: false, run: format },
    Part { name: "clippy", what: "clippy, no warning", has_tests: false, run: clippy },
    Part { name: "clippy-wasm", what: "clippy for the browser, no warning", has_tests: false, run: clippy_wasm },
    Part { name: "doc", what: "documentation without broken links", has_tests: false, run: doc },
    Part { name: "xtask", what: "tests of this tool", has_tests: true, run: xtask },
    Part { name: "core", what: "tests of core, and the comparison with Alembic", has_tests: true, run: core },
    Part { name: "core-wasm", what: "tests of core as WASM in Node", has_tests: true, run: core_wasm },
    Part { name: "page-wasm", what: "tests of the page's own code as WASM in Node", has_tests: true, run: page_wasm },
    Part {
        name: "page-build",
        what: "the page, bundled as it ships and within its budgets",
        has_tests: false,
        run: page_build,
    },
    Part {
        name: "server",
        what: "tests of the server and the command line on a real Postgres",
        has_tests: true,
        run: server,
    },
    Part { name: "npm", what: "the npm package in Node", has_tests: true, run: npm },
    Part { name: "browser", what: "the page in Chromium", has_tests: true, run: browser },
];

/// What the parts have in common.
pub(crate) struct Context {
    /// Part of a test's name.
    pub(crate) filter: Option<String>,
    tools: OnceCell<WasmTools>,
}

impl Context {
    /// Returns a context in which nothing is installed yet.
    pub(crate) fn new(filter: Option<String>) -> Self {
        Self { filter, tools: OnceCell::new() }
    }

    fn tools(&self) -> Result<&WasmTools, Failure> {
        if let Some(tools) = self.tools.get() {
            return Ok(tools);
        }
        let tools = WasmTools::install(&cargo_tool::FOR_TESTS)?;
        Ok(self.tools.get_or_init(|| tools))
    }

    /// Returns `cargo test ARGUMENTS`, all of it also when some fail.
    fn cargo_test(&self, arguments: &[&str]) -> Command {
        let mut cargo = workspace::cargo();
        cargo.args(["test", "--no-fail-fast"]).args(arguments);
        if let Some(filter) = &self.filter {
            cargo.args(["--", filter]);
        }
        cargo
    }

    fn wasm_test(&self, package: &str, targets: &[&str]) -> Result<Count, Failure> {
        debian::require(&[debian::NODE])?;
        let tools = self.tools()?;
        let mut arguments = vec!["--package", package, "--target", wasm_std::TARGET];
        arguments.extend(targets);
        let mut cargo = self.cargo_test(&arguments);
        cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner");
        tools.apply(&mut cargo)?;
        tests(&mut cargo)
    }
}

fn format(_: &Context) -> Result<Count, Failure> {
    check(workspace::cargo().args(["fmt", "--all", "--check"]))
}

fn clippy(_: &Context) -> Result<Count, Failure> {
    c_compiler()?;
    check(workspace::cargo().args([
        "clippy",
        "--workspace",
        "--exclude",
        "limbeck-page",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))
}

fn clippy_wasm(context: &Context) -> Result<Count, Failure> {
    // Clippy reads only its own compiler's libraries. Where those for WASM are missing it looks at the same code as the
    // machine's own would be built from; that it builds as WASM is then left to `page-build` and `npm`.
    let target: &[&str] = match context.tools()?.std {
        WasmStd::Installed => &["--target", wasm_std::TARGET],
        WasmStd::Debian { .. } => &[],
    };
    let clippy = |arguments: &[&str]| {
        check(workspace::cargo().arg("clippy").args(target).args(arguments).args(["--", "-D", "warnings"]))
    };
    Ok(clippy(&["--package", "limbeck-page", "--all-targets"])?
        + clippy(&["--package", "limbeck-page", "--bin", "model", "--features", "model"])?
        + clippy(&["--package", "limbeck-planner"])?)
}

fn doc(_: &Context) -> Result<Count, Failure> {
    let mut cargo = workspace::cargo();
    cargo.args(["doc", "--no-deps", "--package", "limbeck-core", "--package", "limbeck", "--lib"]);
    check(cargo.env("RUSTDOCFLAGS", "-D warnings"))
}

fn xtask(context: &Context) -> Result<Count, Failure> {
    tests(&mut context.cargo_test(&["--package", "xtask"]))
}

fn core(context: &Context) -> Result<Count, Failure> {
    let python = alembic::python()?;
    tests(context.cargo_test(&["--package", "limbeck-core"]).env("LIMBECK_ALEMBIC_PYTHON", python))
}

fn core_wasm(context: &Context) -> Result<Count, Failure> {
    // Built as it ships: optimization decides how much stack a call takes.
    context.wasm_test("limbeck-core", &["--test", "wasm", "--profile", "wasm-release"])
}

fn page_wasm(context: &Context) -> Result<Count, Failure> {
    context.wasm_test("limbeck-page", &["--lib"])
}

fn page_build(_: &Context) -> Result<Count, Failure> {
    crate::size::check(&crate::page::build()?)?;
    Ok(Count::PASSED)
}

fn server(context: &Context) -> Result<Count, Failure> {
    debian::require(&[debian::POSTGRES])?;
    // All but the browser's tests, which have a part of their own.
    let servers = postgres::variables()?;
    let arguments = ["--package", "limbeck", "--lib", "--bins", "--test", "it", "--test", "judge"];
    let mut binaries = context.cargo_test(&arguments);
    binaries.envs(servers).env("LIMBECK_CORPORA", corpora::directory()?);
    // Other seeds still find what the model does not know, and are tried on purpose: they belong to whoever works on
    // it.
    if std::env::var_os(SEED).is_none() {
        binaries.env(SEED, "20261122");
    }
    let binaries = tests(&mut binaries)?;
    let documentation = tests(&mut context.cargo_test(&["--package", "limbeck", "--doc"]))?;
    Ok(binaries + documentation)
}

/// Names the variable that chooses the random cases.
const SEED: &str = "LIMBECK_SEED";

fn browser(context: &Context) -> Result<Count, Failure> {
    debian::require(&[debian::POSTGRES, debian::CHROMIUM, debian::CHROMEDRIVER])?;
    // The page is what the server carries, so it must be there before the server is built.
    crate::page::build()?;
    tests(&mut context.cargo_test(&["--package", "limbeck", "--test", "page"]))
}

fn npm(context: &Context) -> Result<Count, Failure> {
    debian::require(&[debian::NODE])?;
    let package = crate::npm::package(context.tools()?)?;
    let program = program()?;
    let mut node = workspace::command("node");
    node.args(["--test", "--test-reporter=tap"]);
    if let Some(filter) = &context.filter {
        node.arg(format!("--test-name-pattern={filter}"));
    }
    let scripts = workspace::root().join("core/npm/tests");
    let scripts =
        crate::page::files_below(&scripts).map_err(Failure::io(format_args!("cannot read {}", scripts.display())))?;
    node.args(scripts.iter().filter(|file| file.extension() == Some(OsStr::new("mjs"))));
    node.env("LIMBECK_NPM_PACKAGE", package).env("LIMBECK_BIN", program);
    tests(node.env("LIMBECK_MIGRATIONS", workspace::root().join("migrations")))
}

/// Builds the program and returns where it is. Built beside its tests, it shares their dependencies; built alone it
/// would have them with other features, and all of them once more.
fn program() -> Result<PathBuf, Failure> {
    process::run(workspace::cargo().args(["build", "--package", "limbeck", "--bin", "limbeck", "--test", "it"]))?;
    Ok(workspace::target_dir().join("debug/limbeck"))
}
