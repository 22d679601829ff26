//! The revision graph.

mod broken;
mod dependencies;
mod drawing;
mod graph;
mod identifiers;
mod lines;
mod merges;
mod notation;
mod properties;
