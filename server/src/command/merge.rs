//! `limbeck merge`

use limbeck_core::document::NewRevision;

use super::{CommandError, Context, Outcome, revision};

/// Write a revision that joins heads
///
/// Without revisions it joins all heads.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What to join
    #[arg(value_name = "REVISION", default_value = "heads")]
    revisions: Vec<String>,
    /// What the merge is about; without it, which revisions it joins
    #[arg(short, long, allow_hyphen_values = true)]
    message: Option<String>,
    /// Label of the branch that begins here
    #[arg(long, value_name = "LABEL")]
    branch_label: Option<String>,
    /// Identifier instead of a random one
    #[arg(long, value_name = "ID")]
    rev_id: Option<String>,
    /// Allow to join revisions that are no heads
    #[arg(long)]
    splice: bool,
    /// Say whether the branches can be joined in any order, and write nothing (not there yet)
    #[arg(long)]
    check: bool,
}

pub(super) fn run(args: Args, context: &Context) -> Result<Outcome, CommandError> {
    if args.check {
        return Err(CommandError::usage("proving that two branches can be joined in any order is not there yet")
            .hint("`limbeck merge` writes the merge; read both branches first with `limbeck history -v`"));
    }
    let (opened, _lock) = context.open_to_write()?;
    let mut joined: Vec<String> = Vec::new();
    for text in &args.revisions {
        for index in opened.resolve(text)? {
            let id = opened.project.graph().node(index).id.as_str();
            if joined.iter().any(|known| known == id) {
                return Err(CommandError::usage(format!("{id} is named twice")).hint("name each revision once"));
            }
            joined.push(id.to_owned());
        }
    }
    match joined.as_slice() {
        [] => {
            return Err(CommandError::usage("there is nothing to merge: the history has no revision")
                .hint("`limbeck revision -m MESSAGE` writes the first"));
        }
        [only] => {
            let message = match opened.project.graph().heads().as_slice() {
                [head] if opened.project.graph().node(*head).id.as_str() == only => {
                    format!("there is one head, {only}; there is nothing to merge")
                }
                _ => format!("{only} alone is nothing to merge"),
            };
            return Err(CommandError::usage(message).hint("`limbeck heads` lists the heads"));
        }
        _ => {}
    }
    let request = NewRevision {
        message: args.message.unwrap_or_else(|| format!("merge {}", and(&joined))),
        heads: joined,
        branch_label: args.branch_label,
        depends_on: Vec::new(),
        splice: args.splice,
        id: args.rev_id,
        up: None,
        down: None,
        up_transaction: true,
        down_transaction: true,
        irreversible: false,
        etag: None,
    };
    revision::write(context, &opened, &request, "it runs nothing of its own; `limbeck plan` shows the whole way")
}

fn and(ids: &[String]) -> String {
    match ids {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        ids => ids.join(""),
    }
}
