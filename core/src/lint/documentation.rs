//! The documentation of rules: one text for `limbeck lint --explain` and for the reference.
//!
//! Every rule of Limbeck's own has the same headings: What it finds, Why it hurts, Example, Instead. A test runs what
//! stands in their fences: the example must be found, and what is written instead must not.

use std::fmt::Write as _;

use super::rule::{self, Entry, Rule};
use super::rules;
use crate::diagnostic::Level;

const HEAD: &str = "\
# Rules of `limbeck lint`

Written by `limbeck lint --rules --format markdown`; change the rules, not this file.

A rule is turned off, or its findings are made more or less of, in `limbeck.toml`:

```toml
[lint.rules]
table-rewrite = \"error\" # off, info, warning or error
no-downgrade = \"off\"
```

or for one statement, by a comment above it or behind it on its line, with the reason:

```sql
-- limbeck: allow data-loss: nothing reads it since release 41
ALTER TABLE account DROP COLUMN nickname;
```

`-- limbeck: allow-file RULE` is for all of a file. A comment that allows what is not found is a finding itself
(`unused-allow`), and so is a name that no rule has (`unknown-rule`). Beside the findings of rules, `limbeck lint` says
what the dry run foresees: `fails`, `made-elsewhere`, `depends-on-rows`, `depends-on-time-zone`, `cascading-delete`,
`row-trigger`.

In the examples, `before` is what earlier revisions made, and what is in use; `beside` stands on another branch;
`published` is what others have already. Each other block is a revision.
";

const THEIRS: &str = "
## Rules of squawk

These are asked too, under squawk's names: its page has more about each. Where a rule depends on who uses a table, it
is asked only for tables that others may be using. Those marked *unknown* guess, so they are asked only where the
model has no answer; where it has one, a rule above says it.

| rule | level | finds |
|---|---|---|
";

/// Returns the documentation of a rule as Markdown, or none when there is no such rule.
pub fn explain(name: &str) -> Option<String> {
    if let Some(rule) = rules::ALL.iter().find(|rule| rule.name == name) {
        return Some(format!("# {}\n\nLevel: {}\n\n{}", rule.name, level(Some(rule.level)), text(rule)));
    }
    let Entry { name, level: own, summary, .. } = rule::entry(name)?;
    let page = format!("https://squawkhq.com/docs/{name}");
    Some(format!("# {name}\n\nLevel: {}\n\n{summary}. A rule of squawk's: {page}\n", level(own)))
}

/// Returns the reference of all rules as Markdown.
pub fn reference() -> String {
    let mut page = HEAD.to_owned();
    let mut own: Vec<&Rule> = rules::ALL.iter().collect();
    own.sort_by_key(|rule| rule.name);
    for rule in own {
        let text = text(rule).replace("\n## ", "\n### ");
        let _ = write!(page, "\n## {}\n\nLevel: {}\n\n{text}", rule.name, level(Some(rule.level)));
    }
    page.push_str(THEIRS);
    for Entry { name, level: own, summary, unknown, .. } in rule::entries().into_iter().filter(|it| it.of_squawk) {
        let mark = if unknown { ", *unknown*" } else { "" };
        let _ = writeln!(page, "| [{name}](https://squawkhq.com/docs/{name}) | {}{mark} | {summary} |", level(own));
    }
    page
}

/// Returns what a rule finds, in one line.
pub(super) fn summary(documentation: &str) -> String {
    let first = documentation.trim().split("\n\n").next().unwrap_or_default();
    let line = first.split_whitespace().collect::<Vec<_>>().join(" ");
    line.trim_end_matches('.').to_owned()
}

fn level(level: Option<Level>) -> &'static str {
    match level {
        None => "off",
        Some(Level::Info) => "info",
        Some(Level::Warning) => "warning",
        Some(Level::Error) => "error",
    }
}

fn text(rule: &Rule) -> String {
    let lines = rule.documentation.trim_end().lines();
    lines.map(|line| line.strip_prefix(' ').unwrap_or(line).to_owned() + "\n").collect()
}
