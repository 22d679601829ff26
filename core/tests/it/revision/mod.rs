//! The revision graph.

mod graph;
mod notation;
