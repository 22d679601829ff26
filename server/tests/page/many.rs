//! A history that no screen holds.

use fantoccini::key::Key;

use crate::browser::visit;
use crate::cluster::Cluster;
use crate::project::Project;
use crate::serve::Served;

const REVISIONS: usize = 10_000;

/// `cargo xtask bench` reads the memory that this prints.
#[test]
fn of_ten_thousand_revisions_only_those_in_sight_are_drawn() {
    visit("many", async |visitor| {
        let (project, database) = (Project::long(REVISIONS), Cluster::shared().database());
        let served = Served::database(&project, &database.url());
        visitor.open(&served.login).await;
        visitor.sees("10000 revisions are pending").await;
        visitor.sees("Step 9999").await;
        assert!((10..200).contains(&visitor.count("#rows .row").await));

        visitor.presses(&[Key::End]).await;
        visitor.sees("Step 0").await;
        assert!((10..200).contains(&visitor.count("#rows .row").await));
        let elements = visitor.count("*").await;
        assert!(elements < 5_000, "{elements} elements");
        visitor.presses(&[Key::Home]).await;
        visitor.sees("Step 9999").await;
        println!("memory of the page: {} bytes", visitor.memory().await);
    });
}
