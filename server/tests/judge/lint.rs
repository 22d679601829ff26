//! The examples of the rules of `lint`, and what is written instead: all of it is SQL that a server takes.

use limbeck_core::{lint, sql};

use crate::cluster::Cluster;

/// What a server says to an example that fails, which is what its rule is about.
const FAILS: [(&str, &str); 1] = [("enum-value-used-early", "55P04")];

/// A fence of a rule's documentation.
struct Block<'a> {
    role: &'a str,
    text: &'a str,
}

#[tokio::test]
async fn examples_of_rules_run_on_a_server() {
    let mut count = 0;
    for entry in lint::entries().into_iter().filter(|entry| !entry.of_squawk) {
        let text = lint::explain(entry.name).expect("a rule is explained");
        let (_, rest) = text.split_once("## Example").expect("it has the heading");
        let (example, instead) = rest.split_once("## Instead").expect("it has the heading");
        let (example, mut instead) = (blocks(example), blocks(instead));
        if !instead.iter().any(|block| block.role == "before") {
            let before = example.iter().filter(|block| block.role == "before");
            instead.splice(0..0, before.map(|block| Block { ..*block }));
        }
        let expected = FAILS.iter().find(|(name, _)| *name == entry.name).map(|(_, state)| (*state).to_owned());
        assert_eq!(run(&example).await, expected, "the example of {}", entry.name);
        assert_eq!(run(&instead).await, None, "what is written instead of {}", entry.name);
        count += 1;
    }
    assert!(count > 10, "only {count} rules have examples");
}

fn blocks(part: &str) -> Vec<Block<'_>> {
    let fences = part.split("```").skip(1).step_by(2).filter_map(|fence| fence.split_once('\n'));
    let of_sql = fences.filter_map(|(head, text)| Some((head.strip_prefix("sql")?.trim(), text)));
    let blocks = of_sql.filter(|(role, _)| *role != "published");
    blocks.map(|(role, text)| Block { role, text }).collect()
}

/// Runs blocks in a database of their own, each section as its marker says; returns the SQLSTATE that stops them.
async fn run(blocks: &[Block<'_>]) -> Option<String> {
    let database = Cluster::shared().database();
    let client = database.client().await;
    for block in blocks {
        for section in block.text.split("-- migrate:") {
            let whole = !section.starts_with("up transaction:false");
            let section = section.trim_start_matches("up transaction:false").trim_start_matches("up");
            let section = section.trim_start_matches("down");
            let statements = if whole {
                vec![format!("BEGIN;\n{section};\nCOMMIT")]
            } else {
                let (found, _) = sql::split(section);
                found.into_iter().map(|statement| section[statement.range].to_owned()).collect()
            };
            for statement in statements {
                if let Err(error) = client.batch_execute(&statement).await {
                    return Some(error.code().map_or_else(|| error.to_string(), |code| code.code().to_owned()));
                }
            }
        }
    }
    None
}
