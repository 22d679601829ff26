//! A plan as a comment of a pull request.

use super::{nothing_to_do, summary};
use crate::diagnostic::Diagnostic;
use crate::document::{Plan, Step};
use crate::project::Project;

/// Most bytes: GitHub takes 65,536 characters in a comment, and whoever posts it may add a line.
const MOST: usize = 64_000;
/// What the findings and the table of steps may take of it, so that the SQL has room too.
const MOST_FINDINGS: usize = 16_000;
const MOST_STEPS: usize = 16_000;
/// Most of one step's SQL.
const MOST_SQL: usize = 12_000;
/// Longest text out of a file in a line, in characters.
const LINE: usize = 200;

/// Returns a plan as Markdown: verdict, findings, a table of the steps, and their SQL folded. It stays below the size
/// that a comment may have, and says what it left out.
pub fn markdown(project: &Project, plan: &Plan) -> String {
    let mut page = heading(plan);
    let findings: Vec<String> = summary::findings(plan).map(of_finding).collect();
    part(&mut page, &findings, MOST_FINDINGS, "finding");
    if plan.steps.is_empty() {
        return page;
    }
    page.push_str("\n|  | revision | what it does | statements | transaction | rows afterwards |\n");
    page.push_str("|---:|---|---|---:|---|---|\n");
    let steps: Vec<String> =
        plan.steps.iter().enumerate().map(|(position, step)| row(project, position, step)).collect();
    part(&mut page, &steps, MOST_STEPS, "step");
    page.push('\n');
    let mut left = 0;
    for (position, step) in plan.steps.iter().enumerate().filter(|(_, step)| !step.statements.is_empty()) {
        let sql = folded(project, position, step);
        // Room for the line that says how many are left out.
        if left > 0 || page.len() + sql.len() > MOST - LINE {
            left += 1;
        } else {
            page.push_str(&sql);
        }
    }
    if left > 0 {
        page.push_str(&format!(
            "\n_The SQL of {} is left out, the comment would be too long; `limbeck plan` shows all of it._\n",
            summary::number(left, "step")
        ));
    }
    page
}

fn heading(plan: &Plan) -> String {
    let direction = plan.steps.first().map_or("plan", |step| summary::direction(step.direction));
    let place = |rows: &[String]| code(&summary::one_line(&summary::rows(rows), LINE));
    if plan.steps.is_empty() {
        return format!("### {}\n", escaped(&nothing_to_do(&plan.from, &plan.target)));
    }
    format!(
        "### Limbeck: {direction} from {} to {}\n\n**{}**: {}\n\n{}, {}, digest `{}`\n",
        place(&plan.from),
        place(&plan.to),
        summary::verdict(plan.verdict),
        summary::reason(plan),
        summary::number(plan.steps.len(), "step"),
        summary::number(summary::statements(plan).count(), "statement"),
        plan.digest,
    )
}

/// Adds as many lines as fit, and how many are left out.
fn part(page: &mut String, lines: &[String], most: usize, what: &str) {
    let start = page.len();
    for (position, line) in lines.iter().enumerate() {
        if page.len() - start + line.len() > most {
            let more = summary::number(lines.len() - position, &format!("more {what}"));
            page.push_str(&format!("\n_{more} left out, the comment would be too long; `limbeck plan` shows all._\n"));
            return;
        }
        page.push_str(line);
    }
}

fn of_finding(finding: &Diagnostic) -> String {
    let place = match (&finding.path, finding.start) {
        (Some(path), Some(start)) => format!(" ({})", code(&format!("{path}:{}:{}", start.line, start.column))),
        (Some(path), None) => format!(" ({})", code(path)),
        _ => String::new(),
    };
    let help = finding.help.as_ref().map(|help| format!(" — {}", escaped(help))).unwrap_or_default();
    format!("\n- **{}** {}{place}{help}", summary::level(finding.level), escaped(&finding.message)) + "\n"
}

fn row(project: &Project, position: usize, step: &Step) -> String {
    format!(
        "| {} | {} | {} | {} | {} | {} |\n",
        position + 1,
        code(&step.revision),
        escaped(summary::title(project, step)),
        step.statements.len(),
        if step.transaction { "yes" } else { "**no**" },
        code(&summary::one_line(&summary::rows(&step.rows_after), LINE)),
    )
}

fn folded(project: &Project, position: usize, step: &Step) -> String {
    let mut sql = String::new();
    for (done, statement) in step.statements.iter().enumerate() {
        if sql.len() + statement.sql.len() > MOST_SQL {
            let more = summary::number(step.statements.len() - done, "more statement");
            sql.push_str(&format!("-- {more} left out; `limbeck show {}` shows all\n", step.revision));
            break;
        }
        if let Some(effects) = summary::effects(statement) {
            sql.push_str(&format!("-- {effects}\n"));
        }
        sql.push_str(&format!("{};\n", statement.sql));
    }
    let longest = sql.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!(
        "<details><summary>{}. {} {}</summary>\n\n{fence}sql\n{sql}{fence}\n\n</details>\n",
        position + 1,
        html(&step.revision),
        html(&summary::one_line(summary::title(project, step), LINE)),
    )
}

/// Returns a text that Markdown and HTML show as it is, in one line.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for c in html(&summary::one_line(text, LINE)).chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' | '$' => {
                safe.push('\\');
                safe.push(c);
            }
            c => safe.push(c),
        }
    }
    safe
}

/// Returns a text that HTML shows as it is.
pub(super) fn html(text: &str) -> String {
    let mut safe = String::new();
    for c in text.chars().filter(|c| !c.is_control()) {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            // An invisible space keeps a name from calling somebody.
            '@' => safe.push_str("@&ZeroWidthSpace;"),
            c => safe.push(c),
        }
    }
    safe
}

/// Returns a text in the type of code, in one line, also within a table.
pub(super) fn code(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if longest > 0 { " " } else { "" };
    format!("{fence}{space}{}{space}{fence}", text.replace('|', "\\|"))
}
