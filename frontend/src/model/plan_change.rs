//! What became of a plan while somebody read it.

use limbeck_core::document::{Plan, Step};

/// So many revisions are named; of more, how many there are is said.
const NAMED: usize = 3;

/// Returns in sentences how a plan differs from the one that was read before it; at least one, for another digest has a
/// reason.
pub fn sentences(before: &Plan, after: &Plan) -> Vec<String> {
    let mut said = Vec::new();
    if before.from != after.from {
        said.push(format!("It starts at {} now, and no longer at {}.", rows(&after.from), rows(&before.from)));
    }
    let find = |plan: &Plan, step: &Step| plan.steps.iter().position(|other| other.revision == step.revision);
    let joined: Vec<&str> = ids(after.steps.iter().filter(|step| find(before, step).is_none()));
    let left: Vec<&str> = ids(before.steps.iter().filter(|step| find(after, step).is_none()));
    let edited: Vec<&str> = ids(after.steps.iter().filter(|step| {
        let other = find(before, step).and_then(|at| before.steps.get(at));
        other.is_some_and(|other| scripts_differ(other, step))
    }));
    for (revisions, one, several) in [
        (joined, "is in it now", "are in it now"),
        (left, "is no longer in it", "are no longer in it"),
        (edited, "has another script now", "have other scripts now"),
    ] {
        if let Some(list) = named(&revisions) {
            said.push(format!("{list} {}.", if revisions.len() == 1 { one } else { several }));
        }
    }
    if said.is_empty() {
        let order = |plan: &Plan| plan.steps.iter().map(|step| step.revision.clone()).collect::<Vec<_>>();
        said.push(if order(before) == order(after) {
            "A script changed between its statements.".into()
        } else {
            "Its steps have another order now.".into()
        });
    }
    said
}

fn ids<'a>(steps: impl Iterator<Item = &'a Step>) -> Vec<&'a str> {
    steps.map(|step| step.revision.as_str()).collect()
}

fn scripts_differ(before: &Step, after: &Step) -> bool {
    let texts = |step: &Step| step.statements.iter().map(|statement| statement.sql.clone()).collect::<Vec<_>>();
    before.transaction != after.transaction || texts(before) != texts(after)
}

/// Returns version rows as a person reads them.
pub fn rows(rows: &[String]) -> String {
    if rows.is_empty() { "base".into() } else { rows.join(", ") }
}

/// Returns the first of a list, and how many more there are; none for an empty one.
fn named(revisions: &[&str]) -> Option<String> {
    let (first, more) = revisions.split_at(revisions.len().min(NAMED));
    let noun = if revisions.len() == 1 { "Revision" } else { "Revisions" };
    let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
    (!revisions.is_empty()).then(|| format!("{noun} {}{more}", first.join(", ")))
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use crate::model::sentence::tests::plan;

    #[test]
    fn the_place_the_steps_and_the_scripts_are_told_apart() {
        let before = plan(&[("a", 2), ("b", 1)]);
        let mut moved = plan(&[("b", 1)]);
        moved.from = vec!["a".into()];
        let mut edited = before.clone();
        edited.steps[1].statements[0].sql = "SELECT 2".into();
        let mut swapped = before.clone();
        swapped.steps.reverse();
        let longer = plan(&[("a", 2), ("b", 1), ("c", 1), ("d", 1), ("e", 1), ("f", 1)]);
        let cases: [(&Plan, &[&str]); 5] = [
            (&moved, &["It starts at a now, and no longer at base.", "Revision a is no longer in it."]),
            (&edited, &["Revision b has another script now."]),
            (&swapped, &["Its steps have another order now."]),
            (&longer, &["Revisions c, d, e and 1 more are in it now."]),
            (&before, &["A script changed between its statements."]),
        ];
        for (after, expected) in cases {
            assert_eq!(sentences(&before, after), expected);
        }
    }
}
