//! What `upgrade` and `downgrade` share: plan, look, ask, run, say how it went.

use limbeck_core::PostgresVersion;
use limbeck_core::diagnostic::{Diagnostic, Level, Position};
use limbeck_core::document::{Applied, AppliedStep, Direction, Event, FORMAT, Plan, Sql};
use limbeck_core::project::PlanError;
use limbeck_core::report::Offline;
use limbeck_core::{dry_run, report};

use super::context::Opened;
use super::{CommandError, Context, Outcome, database};
use crate::database::{Database, RunError};
use crate::terminal::progress::Progress;
use crate::terminal::{ask, escape, style};

/// Options of a command that runs revisions.
#[derive(Debug, clap::Args)]
pub(super) struct RunOptions {
    /// Print the SQL instead of running it
    ///
    /// Starts from `--from`, else from where the database stands if one is named, else from an empty one. A plan
    /// that is blocked has no script.
    #[arg(long)]
    sql: bool,
    /// Revisions that `--sql` starts from, separated by commas, or `base`
    #[arg(long, value_name = "REVISIONS", requires = "sql")]
    from: Option<String>,
    /// Run only if the plan has this digest, as `limbeck plan` printed it for review
    ///
    /// Its beginning will do, from 12 hex digits on.
    #[arg(long, value_name = "DIGEST")]
    plan: Option<String>,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
    /// Run a plan of which the dry run says that it fails
    ///
    /// For a database that differs from what its revisions make. What else blocks a plan goes on to do so.
    #[arg(long, conflicts_with = "sql")]
    anyway: bool,
}

/// What is to be run.
pub(super) struct Request {
    pub(super) direction: Direction,
    pub(super) target: String,
    /// The target was named, not taken by default.
    pub(super) explicit: bool,
    pub(super) options: RunOptions,
}

/// So often an upgrade is planned anew because another run was first.
const ATTEMPTS: usize = 5;

pub(super) fn run(mut request: Request, context: &Context) -> Result<Outcome, CommandError> {
    request.options.plan = request.options.plan.as_deref().map(digits).transpose()?;
    if request.options.sql {
        return offline(&mut request, context, &mut context.open_whole()?);
    }
    let mut opened = context.open_whole_anew()?;
    if request.target.contains(':') {
        return Err(CommandError::usage(format!("`{}` is a range, and only `--sql` takes one", request.target))
            .hint("the database knows where it stands; name only the target"));
    }
    let settings = database::needed(context, &opened)?;
    database::block_on(async {
        let mut connection = database::connect(settings).await?;
        for _ in 0..ATTEMPTS {
            let rows = connection.version_rows(&database::version_table(&opened)).await?;
            let version = PostgresVersion::of_server(connection.server_version()).unwrap_or_default();
            opened.project.set_relations(connection.relation_names().await?);
            let plan = opened.project.plan_on(version, &rows, request.direction, &request.target)?;
            let plan = if request.options.anyway { plan.despite_the_dry_run() } else { plan };
            admit(&request, context, &opened, &plan)?;
            if let Some(applied) = carry_out(&mut connection, &request, context, &opened, plan).await? {
                return say(context, &applied);
            }
        }
        Err(CommandError::of_code("stale-plan", "the database moved while this run waited for others, again and again")
            .hint("`limbeck status` shows where it stands now"))
    })
}

/// Says what ran.
fn say(context: &Context, applied: &Applied) -> Result<Outcome, CommandError> {
    if context.terminal.json {
        context.terminal.document(applied)?;
        return Ok(Outcome::Done);
    }
    let text = match applied.steps.as_slice() {
        [] => report::nothing_to_do(&applied.from, &applied.target),
        _ => format!("The database is at {}", place(&applied.to)),
    };
    context.terminal.print(&format!("{}\n", escape::line(&text)))?;
    Ok(Outcome::Done)
}

fn offline(request: &mut Request, context: &Context, opened: &mut Opened) -> Result<Outcome, CommandError> {
    if let Some((from, to)) = request.target.split_once(':') {
        if request.options.from.is_some() {
            return Err(CommandError::usage("the start is named twice").hint("leave out `--from`"));
        }
        let from = if from.is_empty() { "base" } else { from };
        request.options.from = Some(from.to_owned());
        request.target = if to.is_empty() { "heads".to_owned() } else { to.to_owned() };
    }
    let (rows, version) = database::starting_rows(context, opened, request.options.from.as_deref())?;
    if let Some(version) = version {
        opened.project.set_postgres_version(version);
    }
    let named = |error: PlanError| {
        let error = CommandError::from(error);
        if request.direction == Direction::Upgrade || request.options.from.is_some() || !rows.is_empty() {
            return error;
        }
        error.hint("it starts from base; name another start with `--from`, or the database with `--database-url`")
    };
    let (project, direction, target) = (&opened.project, request.direction, &request.target);
    let known = |judgement: &str| opened.memory.cuts(judgement);
    let script = report::offline(project, &rows, direction, target, known).map_err(named)?;
    let Some(Offline { digest, judgement, cuts, sql }) = script else {
        let plan = project.plan(&rows, direction, target)?;
        admit(request, context, opened, &plan)?;
        return Err(CommandError::of_code("internal", "the plan can run, and yet there is no script of it"));
    };
    opened.memory.note_cuts(&judgement, &cuts);
    reviewed(request, &digest)?;
    if context.terminal.json {
        context.terminal.document(&Sql { format: FORMAT, digest: Some(digest), sql })?;
    } else {
        context.terminal.print_verbatim(&sql)?;
    }
    Ok(Outcome::Done)
}

/// Hex digits of a whole digest.
const DIGITS: usize = 64;
/// Hex digits from which on a digest's beginning stands for it: nobody meets two plans that share so many.
const DIGITS_TO_BEGIN: usize = 12;
/// What a digest begins with.
const DIGEST_KIND: &str = "sha256:";

/// Returns the hex digits of a digest or of its beginning, as a person names it; refuses what cannot be one.
fn digits(named: &str) -> Result<String, CommandError> {
    let digits = named.strip_prefix(DIGEST_KIND).unwrap_or(named).to_ascii_lowercase();
    let hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if hex && (DIGITS_TO_BEGIN..=DIGITS).contains(&digits.len()) {
        return Ok(digits);
    }
    let message = format!("`{named}` is no digest: that is `{DIGEST_KIND}` and {DIGITS} hex digits");
    let hint = format!("`limbeck plan` prints it; its beginning will do, from {DIGITS_TO_BEGIN} digits on");
    Err(CommandError::usage(message).hint(hint))
}

/// Makes sure that a plan with this digest is the reviewed one, if one was named.
fn reviewed(request: &Request, digest: &str) -> Result<(), CommandError> {
    let digits = digest.strip_prefix(DIGEST_KIND).unwrap_or(digest);
    match &request.options.plan {
        Some(reviewed) if !digits.starts_with(reviewed.as_str()) => {
            let message = format!("the plan is not the reviewed one: it is now {digest}");
            let plan = match request.direction {
                Direction::Upgrade => "limbeck plan",
                Direction::Downgrade => "limbeck plan --downgrade",
            };
            let hint = format!(
                "it is a digest of other files, or of another direction, target or start; look at `{plan}` with this \
                 target again"
            );
            Err(CommandError::of_code("stale-plan", message).hint(hint))
        }
        _ => Ok(()),
    }
}

/// Makes sure that the plan is the reviewed one and can run through.
fn admit(request: &Request, context: &Context, opened: &Opened, plan: &Plan) -> Result<(), CommandError> {
    reviewed(request, &plan.digest)?;
    let Some(mut blocked) = plan.blocked_by() else { return Ok(()) };
    let mut said = false;
    if !context.terminal.json {
        let of_statements = plan.steps.iter().flat_map(|step| &step.statements);
        let findings = plan.findings.iter().chain(of_statements.flat_map(|statement| &statement.findings));
        let errors: Vec<_> = findings.filter(|finding| finding.level == Level::Error).cloned().collect();
        context.terminal.say(&opened.report(&errors));
        said = !errors.is_empty();
    }
    blocked.path = blocked.path.map(|path| opened.directory.shown(&path));
    let code = if blocked.code == "irreversible" { "irreversible" } else { "sql" };
    let why = if said { String::new() } else { format!(": {blocked}") };
    Err(CommandError::new(super::Kind::Refused, code, format!("the plan is blocked, nothing was run{why}"))
        .hint("`limbeck plan` shows every step with what stands against it"))
}

/// Runs the plan. Returns none when another run moved the database meanwhile and it makes sense to plan anew.
async fn carry_out(
    connection: &mut Database,
    request: &Request,
    context: &Context,
    opened: &Opened,
    plan: Plan,
) -> Result<Option<Applied>, CommandError> {
    let mut steps = Vec::new();
    let mut to = plan.from.clone();
    if !plan.steps.is_empty() {
        confirm(request, context, opened, &plan)?;
        let mut progress = Progress::new(context.terminal, &plan, &opened.project);
        let mut on_event = |event: Event| {
            progress.show(&event);
            if let Event::StepDone { step, millis, .. } = event
                && let Some(step) = plan.steps.get(step)
            {
                steps.push(AppliedStep { revision: step.revision.clone(), millis });
            }
        };
        let options = database::run_options(opened);
        let cancel = database::cancel_on_interrupt();
        match crate::database::run(connection, &opened.project, &plan, &options, &mut on_event, &cancel).await {
            Ok(report) => to = report.rows,
            Err(error) if request.may_plan_anew() && error.place.is_none() && error.code() == "stale-plan" => {
                return Ok(None);
            }
            Err(error) => return Err(stopped(error, context, opened)),
        }
    }
    let Plan { digest, from, .. } = plan;
    let target = request.target.clone();
    Ok(Some(Applied { format: FORMAT, digest, direction: request.direction, target, from, to, steps }))
}

impl Request {
    /// Returns whether the same words still mean the same after somebody else's run: an upgrade to a named target
    /// does, one step more or less does not, and a plan that was reviewed is only that plan.
    fn may_plan_anew(&self) -> bool {
        self.direction == Direction::Upgrade && !self.target.contains('+') && self.options.plan.is_none()
    }
}

/// Shows the place in the file where a run was stopped; returns the failure, in fewer words where it was shown.
fn stopped(mut error: RunError, context: &Context, opened: &Opened) -> CommandError {
    let mut shown = None;
    if let (false, Some(place), Some(failure)) = (context.terminal.json, &error.place, error.sql())
        && let (Some(path), Some(line)) = (&place.path, place.line)
    {
        let start = Position { line, column: place.column.unwrap_or(1) };
        let end = Position { column: start.column + 1, ..start };
        let mut finding = Diagnostic::error("sql", &failure.message).path(path).span(start, end);
        finding.code = failure.sqlstate.clone().into();
        finding.help = failure.detail.clone();
        context.terminal.say(&opened.quote(&finding));
        let direction = match place.direction {
            Direction::Upgrade => "upgrade",
            Direction::Downgrade => "downgrade",
        };
        shown = Some(format!("the {direction} of {} failed", place.revision));
    }
    if let Some(path) = error.place.as_mut().and_then(|place| place.path.as_mut()) {
        *path = opened.directory.shown(path);
    }
    let error = CommandError::from(error);
    match shown {
        Some(message) => CommandError { message, ..error },
        None => error,
    }
}

/// Shows the plan and asks, where somebody has to agree first.
///
/// That is so when data is lost, and before a downgrade without a target, which undoes whatever happens to be last. A
/// digest says that the plan is the reviewed one, not that its losses are agreed to.
fn confirm(request: &Request, context: &Context, opened: &Opened, plan: &Plan) -> Result<(), CommandError> {
    if request.options.yes {
        return Ok(());
    }
    let lost: Vec<String> = dry_run::losses(plan).into_iter().filter(|loss| loss.data).map(|loss| loss.words).collect();
    let named = request.direction == Direction::Upgrade || request.explicit;
    if named && lost.is_empty() {
        return Ok(());
    }
    let revisions: Vec<&str> = plan.steps.iter().map(|step| step.revision.as_str()).collect();
    let does = match request.direction {
        Direction::Upgrade => "run",
        Direction::Downgrade => "undo",
    };
    let mut what = format!("{does} {}", revisions.join(", "));
    if !lost.is_empty() {
        what.push_str(&format!(" and lose {}", lost.join(", ")));
    }
    if !context.terminal.json {
        context.terminal.say(&style::report(&report::text(&opened.project, &opened.shown_plan(plan.clone()))));
    }
    if context.terminal.json || !ask::possible() {
        let hint = if lost.is_empty() { "agree with `--yes`, or name the target" } else { "agree with `--yes`" };
        return Err(CommandError::usage(format!("this would {what}, and there is no terminal to ask on")).hint(hint));
    }
    let agreed = ask::yes(&format!("Really {}?", escape::line(&what)))
        .map_err(|error| CommandError::usage(format!("cannot ask: {error}")).hint("agree with `--yes`"))?;
    if agreed {
        return Ok(());
    }
    Err(CommandError::of_code("not-allowed", "not agreed to; nothing was run"))
}

/// Returns version rows as a person reads them.
pub(super) fn place(rows: &[String]) -> String {
    if rows.is_empty() { "base".to_owned() } else { rows.join(", ") }
}
