//! The README's pictures: taken by the browser's tests, put into `docs/`.

use std::fs;
use std::process::ExitCode;

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::install::debian;
use crate::{page, process, workspace};

/// What is shown, each in light and in dark.
const PICTURES: [&str; 5] = ["history", "plan", "run", "merge", "draft"];

/// Takes the pictures anew.
pub(crate) fn command(arguments: Arguments) -> Result<ExitCode, Failure> {
    arguments.done()?;
    debian::require(&[debian::CHROMIUM, debian::CHROMEDRIVER, debian::POSTGRES])?;
    page::build()?;
    process::run(workspace::cargo().args([
        "test",
        "--package",
        "limbeck",
        "--test",
        "page",
        "--",
        "pictures_for_the_readme",
    ]))?;
    let docs = workspace::root().join("docs");
    fs::create_dir_all(&docs).map_err(Failure::io(format_args!("cannot make {}", docs.display())))?;
    for name in PICTURES.iter().flat_map(|name| [format!("{name}-light.png"), format!("{name}-dark.png")]) {
        let taken = workspace::target_dir().join("screenshots").join(&name);
        let bytes =
            fs::copy(&taken, docs.join(&name)).map_err(Failure::io(format_args!("cannot copy {}", taken.display())))?;
        println!("docs/{name}: {} kB", bytes.div_ceil(1000));
    }
    Ok(ExitCode::SUCCESS)
}
