//! `limbeck plan`

use limbeck_core::document::{Direction, Plan, Verdict};
use limbeck_core::report;

use super::context::Opened;
use super::{CommandError, Context, Kind, Outcome, database, postgres_version};
use crate::terminal::style;

/// Show what an upgrade or downgrade would do
///
/// Runs nothing. The digest stands for the scripts, their order and the revisions it starts from; `limbeck upgrade
/// --plan DIGEST` runs this plan and no other. Ends with 3 when the plan is blocked.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// How far, as for `upgrade` and `downgrade` [default: heads, with --downgrade -1]
    #[arg(value_name = "TARGET", allow_negative_numbers = true)]
    target: Option<String>,
    /// Plan a downgrade
    #[arg(long)]
    downgrade: bool,
    /// Revisions that it starts from, separated by commas, or `base`; without it the database is asked
    #[arg(long, value_name = "REVISIONS")]
    from: Option<String>,
    #[command(flatten)]
    version: postgres_version::ServerVersion,
    /// Print Markdown, made for a pull request
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<Outcome, CommandError> {
    let mut opened = context.open_whole()?;
    let wanted = Wanted {
        target: args.target.as_deref(),
        downgrade: args.downgrade,
        from: args.from.as_deref(),
        version: &args.version,
    };
    let plan = make(context, &mut opened, &wanted)?;
    let ending = ending(&plan);
    if context.terminal.json {
        context.terminal.document(&plan)?;
    } else if args.markdown {
        context.terminal.print_verbatim(&report::markdown(&opened.project, &plan))?;
    } else {
        context.terminal.print(&style::report(&report::text(&opened.project, &opened.shown_plan(plan))))?;
    }
    Ok(ending)
}

/// The plan that arguments ask for.
pub(super) struct Wanted<'a> {
    pub(super) target: Option<&'a str>,
    pub(super) downgrade: bool,
    pub(super) from: Option<&'a str>,
    pub(super) version: &'a postgres_version::ServerVersion,
}

/// Makes the plan that is wanted, with what the rules say of it; without `from` the database is asked where it starts, and which version it is.
pub(super) fn make(context: &Context, opened: &mut Opened, wanted: &Wanted<'_>) -> Result<Plan, CommandError> {
    let (direction, default) =
        if wanted.downgrade { (Direction::Downgrade, "-1") } else { (Direction::Upgrade, "heads") };
    let (rows, of_server) = match wanted.from {
        Some(from) => (database::named_rows(opened, from)?, None),
        None if database::configured(context, opened)?.is_none() => {
            return Err(database::unnamed(opened)
                .hint("name where it starts with `--from base`, or the database with `--database-url`"));
        }
        None => database::standing_with_relations(context, opened)?,
    };
    wanted.version.apply(opened, of_server);
    let plan = opened.project.plan(&rows, direction, wanted.target.unwrap_or(default))?;
    Ok(opened.project.advised(plan))
}

/// Returns how a command ends that showed a plan.
pub(super) fn ending(plan: &Plan) -> Outcome {
    if plan.verdict == Verdict::Blocked { Outcome::Answered(Kind::Refused) } else { Outcome::Done }
}
