//! Integration tests of the core crate: one binary, one module per room.

mod ddl;
mod doubt;
mod draft;
mod dry_run;
#[path = "../everywhere/mod.rs"]
mod everywhere;
mod example;
mod footprint;
mod lint;
mod plan;
mod project;
mod report;
mod report_graph;
mod revision;
mod schema;
mod script_headers;
mod script_round_trip;
mod settings;
mod show;
mod sql_names;
mod sql_split;
mod sql_tokens;
mod sql_transactions;

#[test]
fn a_native_program_gives_the_documents_that_every_machine_gives() {
    assert_eq!(everywhere::documents() + "\n", everywhere::EXPECTED);
}
