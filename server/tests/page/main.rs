//! The page in a real Chromium, served by the real `limbeck serve` from a copy of the example migrations.
//!
//! One file, one thing that a visitor does. What the page claims about a database is checked by SQL in that database.

#[path = "../it/cluster.rs"]
#[expect(dead_code, reason = "the tests of the command line use more of it")]
mod cluster;

mod browser;
mod chromedriver;
mod embedded;
mod files;
mod project;
mod serve;

mod broken;
mod draft;
mod export;
mod failure;
mod judged;
mod keyboard;
mod losses;
mod many;
mod merge;
mod migrate;
mod open;
mod pictures;
mod stale;
mod viewer;
