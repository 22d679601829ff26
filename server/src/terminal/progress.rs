//! How a run goes, on standard error: live lines on a terminal, plain ones elsewhere.

use limbeck_core::document::{Direction, Event, Plan};
use limbeck_core::project::Project;
use unicode_width::UnicodeWidthChar as _;

use super::style::{self, paint};
use super::{Terminal, Verbosity, escape};

/// Columns that a live line takes at most, so that it never wraps and can be taken back.
const LIVE_WIDTH: usize = 78;

/// Says once who is waited for.
pub struct Waiting {
    terminal: Terminal,
    holder: Option<String>,
}

impl Waiting {
    /// Returns one that has said nothing yet.
    pub fn new(terminal: Terminal) -> Self {
        Self { terminal, holder: None }
    }

    /// Shows the event, if it is one of waiting.
    pub fn show(&mut self, event: &Event) {
        if let Event::LockWaiting { holder } = event
            && self.holder.as_ref() != Some(holder)
        {
            self.terminal.note(&format!("Waiting for another run: {}\n", escape::line(holder)));
            self.holder = Some(holder.clone());
        }
    }
}

/// Shows the events of one run.
pub struct Progress<'a> {
    terminal: Terminal,
    plan: &'a Plan,
    project: &'a Project,
    live: bool,
    waiting: Waiting,
}

impl<'a> Progress<'a> {
    /// Returns a progress that has shown nothing yet.
    pub fn new(terminal: Terminal, plan: &'a Plan, project: &'a Project) -> Self {
        let live = terminal.is_live() && terminal.verbosity > Verbosity::Quiet;
        Self { terminal, plan, project, live, waiting: Waiting::new(terminal) }
    }

    /// Shows what happened.
    pub fn show(&mut self, event: &Event) {
        match event {
            Event::LockWaiting { .. } => self.waiting.show(event),
            Event::Locked => {}
            Event::StepStarted { step, .. } if self.live => self.transient(&self.step(*step)),
            Event::StepStarted { step, .. } => self.line(&self.step(*step)),
            Event::StatementStarted { step, statement } => {
                if self.live {
                    self.transient(&self.statement(*step, *statement));
                }
            }
            Event::Notice { severity, message, .. } => {
                let severity = paint(style::WARNING, &severity.to_lowercase());
                self.line(&format!("      {severity}: {}", escape::text(message)));
            }
            Event::StatementDone { step, statement, millis } => {
                if self.terminal.verbosity == Verbosity::Verbose {
                    self.line(&format!("{}  {}", self.statement(*step, *statement), duration(*millis)));
                }
            }
            Event::StepDone { step, millis, .. } => {
                self.ended(*step, &format!("{} in {}", paint(style::GOOD, "done"), duration(*millis)));
            }
            Event::Finished { .. } => self.clear(),
            Event::Failed { step, .. } => {
                if let Some(step) = step {
                    self.ended(*step, &paint(style::ERROR, "failed"));
                }
                self.clear();
            }
        }
    }

    /// Says how a step ended: behind what it is where that was taken back, else in a line of its own.
    fn ended(&self, step: usize, how: &str) {
        let what = if self.live { self.step(step) + " " } else { self.place(step) };
        self.line(&format!("{what} {how}"));
    }

    fn place(&self, step: usize) -> String {
        paint(style::DIM, &format!("[{}/{}]", step + 1, self.plan.steps.len()))
    }

    fn step(&self, step: usize) -> String {
        let Some(planned) = self.plan.steps.get(step) else { return self.place(step) };
        let direction = match planned.direction {
            Direction::Upgrade => "upgrade",
            Direction::Downgrade => "downgrade",
        };
        let index = self.project.graph().index_of(&planned.revision);
        let title = index.and_then(|index| self.project.revisions().get(index)).map(|revision| revision.title.as_str());
        let place = self.place(step);
        let id = paint(style::ID, &planned.revision);
        format!("{place} {direction} {id} {}", escape::line(title.unwrap_or_default()))
    }

    fn statement(&self, step: usize, statement: usize) -> String {
        let statements = self.plan.steps.get(step).map(|step| step.statements.as_slice()).unwrap_or_default();
        let sql = statements.get(statement).map(|statement| statement.sql.as_str()).unwrap_or_default();
        let first = sql.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
        let place = paint(style::DIM, &format!("{}/{}", statement + 1, statements.len()));
        format!("      {place} {}", clip(&escape::line(first), 60))
    }

    fn line(&self, text: &str) {
        self.clear();
        self.terminal.note(&format!("{text}\n"));
    }

    fn transient(&self, text: &str) {
        self.terminal.live_line(&clip(text, LIVE_WIDTH));
    }

    fn clear(&self) {
        if self.live {
            self.terminal.live_line("");
        }
    }
}

/// Returns how long something took, as a person says it.
pub fn duration(millis: u64) -> String {
    match millis {
        0..1000 => format!("{millis} ms"),
        1000..60_000 => format!("{}.{} s", millis / 1000, millis % 1000 / 100),
        _ => format!("{} min {} s", millis / 60_000, millis % 60_000 / 1000),
    }
}

/// Returns at most `columns` of a painted text; colours take no room.
fn clip(text: &str, columns: usize) -> String {
    let mut clipped = String::with_capacity(text.len());
    let mut room = columns;
    let mut in_colour = false;
    let mut full = false;
    for character in text.chars() {
        in_colour |= character == '\u{1b}';
        if in_colour {
            clipped.push(character);
            in_colour = character != 'm';
            continue;
        }
        let width = character.width().unwrap_or(0);
        if full || width + 1 > room {
            // Only the colours of the rest are kept, so that what was begun ends.
            if !full {
                clipped.push('…');
            }
            full = true;
            continue;
        }
        room -= width;
        clipped.push(character);
    }
    clipped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        for (millis, expected) in
            [(0, "0 ms"), (999, "999 ms"), (1000, "1.0 s"), (12_345, "12.3 s"), (61_000, "1 min 1 s")]
        {
            assert_eq!(duration(millis), expected);
        }
    }

    #[test]
    fn a_clipped_line_ends_its_colours() {
        assert_eq!(clip("short", 10), "short");
        assert_eq!(clip("much too long", 5), "much…");
        assert_eq!(clip("\u{1b}[33mabcdef\u{1b}[0m", 4), "\u{1b}[33mabc…\u{1b}[0m");
        assert_eq!(clip("日本語", 4), "日…");
    }
}
