//! The revision graph.

mod drawing;
mod graph;
mod notation;
