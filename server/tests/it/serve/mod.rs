//! `limbeck serve` from outside: a process, a port, bytes.

mod addresses;
mod http;
mod page;
mod project;
mod revisions;
mod roles;
mod runs;
mod schema;
mod sessions;
mod site;
mod slow;
mod start;
