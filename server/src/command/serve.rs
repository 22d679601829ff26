//! `limbeck serve`

use std::net::IpAddr;

use super::{CommandError, Context, Outcome, database};
use crate::serve::{self, ServeError};

/// Serve the page on this machine
///
/// Histories, plans and runs in the browser, and the API below `/api/`. Only this machine can connect; the address that
/// is printed signs in. Without a database it uses a Postgres of its own, with its data below `.limbeck/`.
///
/// A token of your own comes from the variable LIMBECK_TOKEN, and is never printed.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Port; without one the first free one from 8086 on
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// Loopback address to listen on, instead of both 127.0.0.1 and [::1]
    #[arg(long, visible_alias = "host", value_name = "ADDRESS")]
    bind: Option<IpAddr>,
    /// Name besides the loopback ones under which browsers may ask; may be given several times
    #[arg(long, value_name = "HOST", value_parser = serve::allowed_host)]
    allowed_host: Vec<String>,
    /// Print an address for people who only look, too
    #[arg(long)]
    viewer: bool,
    /// Print an address for people who write revisions and run none, too
    #[arg(long)]
    editor: bool,
    /// Open the page in a browser
    #[arg(long)]
    open: bool,
}

impl From<ServeError> for CommandError {
    fn from(error: ServeError) -> Self {
        Self { hint: error.hint(), ..Self::of_code(error.code(), error.to_string()) }
    }
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, CommandError> {
    let opened = context.open()?;
    let options = serve::Options {
        database: database::named(context, &opened)?,
        directory: opened.directory.clone(),
        bind: args.bind,
        port: args.port,
        allowed_hosts: args.allowed_host,
        token: std::env::var("LIMBECK_TOKEN").ok().filter(|token| !token.is_empty()),
        viewer: args.viewer,
        editor: args.editor,
        open: args.open,
        json: context.terminal.json,
    };
    // The server reads for itself.
    drop(opened);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(ServeError::Io)?;
    runtime.block_on(serve::run(options))?;
    Ok(Outcome::Done)
}
