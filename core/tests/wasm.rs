//! Core as WASM, in Node: what could differ there from a native program, foremost the stack of one megabyte. The test
//! command builds it as the page is built; without optimization the deepest statements do not fit.
#![cfg(target_arch = "wasm32")]

#[path = "everywhere/mod.rs"]
mod everywhere;

use limbeck_core::revision::{Graph, Node, RevisionId, draw, layout};
use limbeck_core::{script, sql};
use wasm_bindgen_test::wasm_bindgen_test;

fn id(text: &str) -> RevisionId {
    RevisionId::new(text).expect("the tests' ids are valid")
}

fn node(name: &str, revises: &[&str]) -> Node {
    let revises = revises.iter().map(|parent| id(parent)).collect();
    Node { id: id(name), revises, depends_on: Vec::new(), branch_labels: Vec::new() }
}

#[wasm_bindgen_test]
fn a_history_is_drawn_as_everywhere() {
    let graph = Graph::new(vec![
        node("base", &[]),
        node("left", &["base"]),
        node("right", &["base"]),
        node("merge", &["left", "right"]),
    ]);
    let drawing = draw(&layout(&graph, graph.newest_first()), |_| 'o', |index| vec![graph.id(index).to_string()]);
    assert_eq!(format!("\n{drawing}"), "\no  merge\n├─╮\n│ o  right\no │  left\n├─╯\no  base\n");
}

#[wasm_bindgen_test]
fn a_file_is_read_into_a_revision_and_its_statements() {
    let text = "-- add product\n--\n-- Revision ID: 1975ea83b712\n-- Revises: ae1027a6acf\n\n\
                -- migrate:up\nCREATE TABLE product (id bigint);\nCREATE INDEX ON product (id);\n\n\
                -- migrate:down transaction:false\nDROP TABLE product;\n";
    let (revision, findings) = script::parse("versions/product.sql", text);
    assert_eq!(findings, []);
    let revision = revision.expect("the file is well-formed");
    assert_eq!((revision.title.as_str(), revision.up.transaction), ("add product", true));
    assert!(revision.down.is_some_and(|down| !down.transaction));
    let (statements, errors) = sql::split(&revision.up.sql);
    assert_eq!(errors, []);
    assert_eq!(statements.iter().map(|one| one.kind).collect::<Vec<_>>(), ["create_table", "create_index"]);
}

#[wasm_bindgen_test]
fn a_long_history_needs_no_deep_stack() {
    let names: Vec<String> = (0..10_000).map(|n| format!("{n:012x}")).collect();
    let nodes = names.iter().enumerate().map(|(n, name)| match n.checked_sub(1).and_then(|before| names.get(before)) {
        Some(parent) => node(name, &[parent]),
        None => node(name, &[]),
    });
    let graph = Graph::new(nodes.collect());
    assert_eq!(graph.upgrade(&[], "heads").map(|steps| steps.len()), Ok(10_000));
    assert_eq!(graph.downgrade(&graph.heads(), "base").map(|steps| steps.len()), Ok(10_000));
    assert_eq!(layout(&graph, graph.newest_first()).rows.len(), 10_000);
}

#[wasm_bindgen_test]
fn statements_nested_as_deep_as_the_parser_gets_them_fit_the_stack() {
    for depth in [50, 90, 99, 100, 101, 10_000] {
        let nested = format!("SELECT {}1{}; DROP TABLE t;", "(".repeat(depth), ")".repeat(depth));
        let selects = format!("SELECT {}1{}; DROP TABLE t;", "(SELECT ".repeat(depth), ")".repeat(depth));
        let chain = format!("SELECT 1{}; DROP TABLE t;", " + 1".repeat(depth * 20));
        for text in [nested, selects, chain] {
            let (statements, errors) = sql::split(&text);
            assert_eq!(errors, []);
            assert_eq!(statements.iter().map(|one| one.kind).collect::<Vec<_>>(), ["select", "drop_table"]);
        }
    }
}

#[wasm_bindgen_test]
fn wasm_gives_the_documents_that_every_machine_gives() {
    assert_eq!(everywhere::documents() + "\n", everywhere::EXPECTED);
}
