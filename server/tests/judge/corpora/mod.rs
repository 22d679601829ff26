//! Schemas and histories that others wrote, played whole on Postgres and on the model.
//!
//! They lie where `LIMBECK_CORPORA` says; nothing of them is in this repository. What the model does not know, is done
//! on neither side, and so is refused by both what needs it later; the report names both. `LIMBECK_CORPUS` plays one,
//! `LIMBECK_LOOKS` compares what both hold behind each statement, and not only behind each file.

mod player;
mod sources;
mod verdict;

use crate::cluster::Cluster;
use crate::differential::side_by_side;

use sources::CORPORA;
use verdict::Verdict;

#[test]
fn what_others_wrote_is_known() {
    let only = std::env::var("LIMBECK_CORPUS").ok();
    let chosen: Vec<_> = CORPORA.iter().filter(|it| only.as_deref().is_none_or(|name| name == it.name)).collect();
    let looks = std::env::var("LIMBECK_LOOKS").is_ok();
    let played = side_by_side(Cluster::shared(), chosen.len(), async |recorder, at| {
        player::play(recorder, chosen[at], looks).await
    });
    let verdict = Verdict::of(&played);
    println!("{verdict}");
    let wrong = verdict.wrong();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
