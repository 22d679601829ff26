//! A schema as text for people.

use super::style::{Style, Text};
use super::summary::one_line;
use crate::document::schema::{
    Action, Check, Column, Deferrable, Definition, Domain, ForeignKey, FunctionKind, GeneratedKind, Identity, Index,
    Key, Policy, Schema, Sequence, Table, TableKind, Trigger,
};

/// Longest comment that is shown, in characters.
const COMMENT_CHARS: usize = 100;

/// Returns a schema as lines of text: what stands alone first, then each table with its columns and what belongs to
/// it, then the functions, of which only the head is shown.
pub fn schema(schema: &Schema) -> Text {
    let mut page = Page::default();
    let nothing = schema.tables.is_empty() && schema.functions.is_empty() && schema.sequences.is_empty();
    let types = [schema.enums.len(), schema.domains.len(), schema.composites.len(), schema.ranges.len()];
    if nothing && types.iter().sum::<usize>() == 0 {
        page.text.push(Style::Dim, "No tables, types or functions\n");
    }
    page.block(
        schema.extensions.iter().map(|extension| {
            Line::new("extension", &extension.name).then(Style::Dim, format!("in {}", extension.schema))
        }),
    );
    // `public` alone is what everybody has.
    if schema.schemas.iter().any(|namespace| namespace.name != "public" || namespace.comment.is_some()) {
        page.block(
            schema.schemas.iter().map(|namespace| Line::new("schema", &namespace.name).comment(&namespace.comment)),
        );
    }
    page.block(schema.enums.iter().map(|kind| {
        let labels: Vec<_> = kind.labels.iter().map(|label| format!("'{}'", label.replace('\'', "''"))).collect();
        Line::new("enum", &kind.name).then(Style::Plain, labels.join(", ")).comment(&kind.comment)
    }));
    page.block(schema.domains.iter().map(domain));
    page.block(schema.composites.iter().map(|kind| {
        let attributes: Vec<_> = kind
            .attributes
            .iter()
            .map(|attribute| format!("{} {}", attribute.name, attribute.data_type) + &collate(&attribute.collation))
            .collect();
        Line::new("composite", &kind.name).then(Style::Plain, attributes.join(", ")).comment(&kind.comment)
    }));
    page.block(schema.ranges.iter().map(|kind| {
        Line::new("range", &kind.name).then(Style::Plain, format!("of {}", kind.subtype)).comment(&kind.comment)
    }));
    page.block(schema.collations.iter().map(|kind| {
        let mut rest = format!("{} '{}'", kind.provider, kind.locale);
        if !kind.deterministic {
            rest.push_str(", not deterministic");
        }
        Line::new("collation", &kind.name).then(Style::Plain, rest).comment(&kind.comment)
    }));
    page.block(schema.casts.iter().map(|cast| {
        let how = cast.function.as_ref().map_or_else(|| cast.method.clone(), |function| format!("by {function}"));
        Line::new("cast", &format!("{} as {}", cast.from, cast.to))
            .then(Style::Plain, format!("{how}, {}", cast.context))
            .comment(&cast.comment)
    }));
    page.block(schema.operators.iter().map(|operator| {
        let takes = format!("({}, {})", operator.left.as_deref().unwrap_or("none"), operator.right);
        let how =
            operator.function.as_ref().map_or_else(|| "only named".to_owned(), |function| format!("by {function}"));
        Line::new("operator", &format!("{} {takes}", operator.name)).then(Style::Plain, how).comment(&operator.comment)
    }));
    page.block(schema.sequences.iter().map(sequence));
    for table in &schema.tables {
        of_table(&mut page, table);
    }
    page.block(schema.functions.iter().map(|function| {
        let kind = match function.kind {
            FunctionKind::Function => "function",
            FunctionKind::Procedure => "procedure",
            FunctionKind::Aggregate => "aggregate",
            FunctionKind::Window => "window",
        };
        let returns = function.returns.as_ref().map(|returns| format!("returns {returns}, ")).unwrap_or_default();
        Line::new(kind, &format!("{}({})", function.name, function.arguments))
            .then(Style::Dim, format!("{returns}{}", function.language))
            .comment(&function.comment)
    }));
    page.text
}

/// Lines under each other whose first words line up.
#[derive(Default)]
struct Page {
    text: Text,
    begun: bool,
}

/// One object: what it is, its name, and what is to be said about it.
struct Line {
    kind: &'static str,
    name: String,
    rest: Vec<(Style, String)>,
}

impl Line {
    fn new(kind: &'static str, name: &str) -> Self {
        Self { kind, name: name.to_owned(), rest: Vec::new() }
    }

    fn then(mut self, style: Style, text: impl Into<String>) -> Self {
        let text = text.into();
        if !text.is_empty() {
            self.rest.push((style, text));
        }
        self
    }

    fn comment(self, comment: &Option<String>) -> Self {
        match comment {
            Some(comment) => self.then(Style::Dim, format!("-- {}", one_line(comment, COMMENT_CHARS))),
            None => self,
        }
    }
}

impl Page {
    /// Begins what stands for itself.
    fn gap(&mut self) {
        if self.begun {
            self.text.plain("\n");
        }
        self.begun = true;
    }

    /// Writes objects of the database, one a line.
    fn block(&mut self, lines: impl Iterator<Item = Line>) {
        let lines: Vec<Line> = lines.collect();
        if !lines.is_empty() {
            self.gap();
            self.lines(&lines, "", Style::Strong);
        }
    }

    fn lines(&mut self, lines: &[Line], indent: &str, names: Style) {
        let kinds = widest(lines.iter().map(|line| line.kind));
        let width = widest(lines.iter().map(|line| line.name.as_str()));
        for line in lines {
            self.text.push(Style::Dim, format!("{indent}{:kinds$} ", line.kind));
            if line.rest.is_empty() {
                self.text.push(names, line.name.as_str());
            } else {
                self.text.push(names, format!("{:width$}", line.name));
            }
            for (style, text) in &line.rest {
                self.text.plain(" ");
                self.text.push(*style, text.as_str());
            }
            self.text.plain("\n");
        }
    }
}

fn of_table(page: &mut Page, table: &Table) {
    page.gap();
    let kind = match table.kind {
        TableKind::Table => "table",
        TableKind::Partitioned => "partitioned table",
        TableKind::Partition => "partition",
        TableKind::View => "view",
        TableKind::MaterializedView => "materialized view",
        TableKind::ForeignTable => "foreign table",
    };
    let unlogged = if table.unlogged { "unlogged " } else { "" };
    page.text.push(Style::Dim, format!("{unlogged}{kind} "));
    page.text.push(Style::Strong, table.name.as_str());
    let facts = facts(table);
    if !facts.is_empty() {
        page.text.plain(format!(" {}", facts.join(", ")));
    }
    page.text.plain("\n");
    if let Some(comment) = &table.comment {
        page.text.push(Style::Dim, format!("  -- {}\n", one_line(comment, COMMENT_CHARS)));
    }
    columns(&mut page.text, &table.columns);
    page.lines(&parts(table), "  ", Style::Plain);
    if let Some(definition) = &table.definition {
        for line in definition.lines() {
            page.text.push(Style::Dim, format!("  {line}\n"));
        }
    }
}

/// Returns what is to be said about a table as a whole.
fn facts(table: &Table) -> Vec<String> {
    let mut facts = Vec::new();
    let mut say = |word: &str, value: &Option<String>| {
        if let Some(value) = value {
            facts.push(format!("{word} {value}"));
        }
    };
    let partition = table.partition_of.as_ref().map(|parent| match &table.partition_bound {
        Some(bound) => format!("{parent} {bound}"),
        None => parent.clone(),
    });
    say("of", &partition);
    say("by", &table.partition_by);
    say("inherits", &(!table.inherits.is_empty()).then(|| table.inherits.join(", ")));
    say("of type", &table.of_type);
    say("using", &table.access_method);
    say("server", &table.server);
    say("options", &(!table.server_options.is_empty()).then(|| table.server_options.join(", ")));
    say("with", &(!table.with.is_empty()).then(|| table.with.join(", ")));
    say("tablespace", &table.tablespace);
    say("replica identity", &table.replica_identity);
    match (table.row_security, table.force_row_security) {
        (true, true) => facts.push("row security, forced".to_owned()),
        (true, false) => facts.push("row security".to_owned()),
        (false, true) => facts.push("row security forced, but not enabled".to_owned()),
        (false, false) => {}
    }
    facts
}

fn columns(text: &mut Text, columns: &[Column]) {
    let names = widest(columns.iter().map(|column| column.name.as_str()));
    let types = widest(columns.iter().map(|column| column.data_type.as_str()));
    for column in columns {
        let mut rest = Vec::new();
        if !column.nullable {
            rest.push("not null".to_owned());
        }
        match column.identity {
            Some(Identity::Always) => rest.push("generated always as identity".to_owned()),
            Some(Identity::ByDefault) => rest.push("generated by default as identity".to_owned()),
            None => {}
        }
        if let Some(default) = &column.default {
            rest.push(format!("default {}", in_line(default)));
        }
        if let Some(generated) = &column.generated {
            let kind = if generated.kind == GeneratedKind::Stored { "stored" } else { "virtual" };
            rest.push(format!("generated always as {} {kind}", in_line(&generated.expression)));
        }
        rest.extend(column.collation.as_ref().map(|collation| format!("collate {collation}")));
        rest.extend(column.storage.as_ref().map(|storage| format!("storage {storage}")));
        rest.extend(column.compression.as_ref().map(|method| format!("compression {method}")));
        rest.extend(column.statistics_target.map(|target| format!("statistics {target}")));
        rest.extend((!column.options.is_empty()).then(|| column.options.join(", ")));
        rest.extend(column.inherited.then(|| "inherited".to_owned()));
        let rest = rest.join(", ");
        text.plain(format!("  {:names$}  ", column.name));
        let comment = column.comment.as_ref().map(|comment| format!("-- {}", one_line(comment, COMMENT_CHARS)));
        match (rest.is_empty(), comment) {
            (true, None) => text.plain(column.data_type.as_str()),
            (true, Some(comment)) => {
                text.plain(format!("{:types$}  ", column.data_type));
                text.push(Style::Dim, comment);
            }
            (false, comment) => {
                text.plain(format!("{:types$}  {rest}", column.data_type));
                if let Some(comment) = comment {
                    text.push(Style::Dim, format!("  {comment}"));
                }
            }
        }
        text.plain("\n");
    }
}

/// Returns what stands below the columns of a table.
fn parts(table: &Table) -> Vec<Line> {
    let primary = table.primary_key.iter().map(|constraint| key("primary key", constraint));
    let definitions = |kind, list: &[Definition]| {
        let line = move |part: &Definition| {
            // What kind it is and its name stand in front already.
            let definition = in_line(&part.definition);
            let said = [
                "EXCLUDE ".to_owned(),
                format!("CREATE RULE {} AS ", part.name),
                format!("CREATE STATISTICS {} ", part.name),
            ];
            let rest = said.iter().find_map(|said| definition.strip_prefix(said.as_str())).unwrap_or(&definition);
            let line = Line::new(kind, &part.name)
                .then(Style::Plain, rest)
                .then(Style::Warning, part.enabled.clone().unwrap_or_default());
            inherited(line, part.inherited).comment(&part.comment)
        };
        list.iter().map(line).collect::<Vec<_>>()
    };
    let mut lines: Vec<Line> = primary.collect();
    lines.extend(table.unique.iter().map(|constraint| key("unique", constraint)));
    lines.extend(table.foreign_keys.iter().map(foreign_key));
    lines.extend(table.checks.iter().map(check));
    lines.extend(table.not_nulls.iter().map(|constraint| {
        let line = Line::new("not null", &constraint.name).then(Style::Plain, constraint.column.as_str());
        let line = validated(line, constraint.validated);
        let line = line.then(Style::Plain, if constraint.no_inherit { "no inherit" } else { "" });
        inherited(line, constraint.inherited).comment(&constraint.comment)
    }));
    lines.extend(definitions("exclude", &table.exclusions));
    lines.extend(table.indexes.iter().map(index));
    lines.extend(table.triggers.iter().map(trigger));
    lines.extend(table.policies.iter().map(policy));
    lines.extend(definitions("rule", &table.rules));
    lines.extend(definitions("statistics", &table.statistics));
    lines
}

fn key(kind: &'static str, key: &Key) -> Line {
    let period = if key.without_overlaps { " without overlaps" } else { "" };
    let line = Line::new(kind, &key.name)
        .then(Style::Plain, format!("({}{period})", key.columns.join(", ")))
        .then(Style::Plain, include(&key.include))
        .then(Style::Plain, if key.nulls_not_distinct { "nulls not distinct" } else { "" })
        .then(Style::Plain, with(&key.with))
        .then(Style::Plain, deferrable(key.deferrable));
    inherited(line, key.inherited).comment(&key.comment)
}

fn foreign_key(key: &ForeignKey) -> Line {
    let action = |word: &str, action: Action, columns: &[String]| {
        let columns = if columns.is_empty() { String::new() } else { format!(" ({})", columns.join(", ")) };
        let name = match action {
            Action::NoAction => return String::new(),
            Action::Restrict => "restrict",
            Action::Cascade => "cascade",
            Action::SetNull => "set null",
            Action::SetDefault => "set default",
        };
        format!("on {word} {name}{columns}")
    };
    let period = if key.period { "period " } else { "" };
    let columns = |columns: &[String]| match columns.split_last() {
        Some((last, [])) => format!("({period}{last})"),
        Some((last, others)) => format!("({}, {period}{last})", others.join(", ")),
        None => String::new(),
    };
    let line = Line::new("foreign key", &key.name)
        .then(
            Style::Plain,
            format!("{} → {} {}", columns(&key.columns), key.references, columns(&key.referenced_columns)),
        )
        .then(Style::Plain, if key.match_full { "match full" } else { "" })
        .then(Style::Plain, action("update", key.on_update, &[]))
        .then(Style::Plain, action("delete", key.on_delete, &key.on_delete_columns))
        .then(Style::Plain, deferrable(key.deferrable));
    let line = enforced(line, key.enforced, key.validated);
    inherited(line, key.inherited).comment(&key.comment)
}

fn check(check: &Check) -> Line {
    let line = Line::new("check", &check.name)
        .then(Style::Plain, in_line(&check.expression))
        .then(Style::Plain, if check.no_inherit { "no inherit" } else { "" });
    let line = enforced(line, check.enforced, check.validated);
    inherited(line, check.inherited).comment(&check.comment)
}

fn index(index: &Index) -> Line {
    let unique = if index.unique { "unique " } else { "" };
    let line = Line::new("index", &index.name)
        .then(Style::Plain, format!("{unique}{} ({})", index.method, index.keys.join(", ")))
        .then(Style::Plain, include(&index.include))
        .then(Style::Plain, if index.nulls_not_distinct { "nulls not distinct" } else { "" })
        .then(Style::Plain, with(&index.with))
        .then(Style::Plain, index.predicate.as_ref().map(|predicate| format!("where {predicate}")).unwrap_or_default())
        .then(Style::Plain, if index.clustered { "clustered" } else { "" })
        .then(Style::Plain, if index.replica_identity { "replica identity" } else { "" })
        .then(Style::Warning, if index.valid { "" } else { "not valid" })
        .then(Style::Dim, index.partition_of.as_ref().map(|parent| format!("of {parent}")).unwrap_or_default());
    line.comment(&index.comment)
}

fn trigger(trigger: &Trigger) -> Line {
    // The name stands in front already.
    let mut definition = in_line(&trigger.definition);
    for (word, kind) in [("CREATE CONSTRAINT TRIGGER", "constraint "), ("CREATE TRIGGER", "")] {
        if let Some(rest) = definition.strip_prefix(&format!("{word} {} ", trigger.name)) {
            definition = format!("{kind}{rest}");
        }
    }
    let line = Line::new("trigger", &trigger.name)
        .then(Style::Plain, definition)
        .then(Style::Warning, trigger.enabled.clone().unwrap_or_default());
    inherited(line, trigger.inherited).comment(&trigger.comment)
}

fn policy(policy: &Policy) -> Line {
    let restrictive = if policy.permissive { "" } else { "restrictive " };
    Line::new("policy", &policy.name)
        .then(Style::Plain, format!("{restrictive}for {} to {}", policy.command, policy.roles.join(", ")))
        .then(Style::Plain, policy.using.as_ref().map(|using| format!("using {using}")).unwrap_or_default())
        .then(Style::Plain, policy.check.as_ref().map(|check| format!("with check {check}")).unwrap_or_default())
        .comment(&policy.comment)
}

fn domain(domain: &Domain) -> Line {
    let mut line = Line::new("domain", &domain.name)
        .then(Style::Plain, format!("{}{}", domain.data_type, collate(&domain.collation)))
        .then(Style::Plain, if domain.nullable { "" } else { "not null" })
        .then(Style::Plain, domain.default.as_ref().map(|default| format!("default {default}")).unwrap_or_default());
    for check in &domain.checks {
        line = line.then(Style::Plain, format!("check {}", check.expression));
        line = validated(line, check.validated);
    }
    line.comment(&domain.comment)
}

fn sequence(sequence: &Sequence) -> Line {
    let (least, greatest) = match sequence.data_type.as_str() {
        "smallint" => (i64::from(i16::MIN), i64::from(i16::MAX)),
        "integer" => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => (i64::MIN, i64::MAX),
    };
    let (min, max) = if sequence.increment < 0 { (least, -1) } else { (1, greatest) };
    let start = if sequence.increment < 0 { sequence.max } else { sequence.min };
    let mut facts = vec![sequence.data_type.clone()];
    let mut say = |word: &str, value: i64, usual: i64| {
        if value != usual {
            facts.push(format!("{word} {value}"));
        }
    };
    say("increment", sequence.increment, 1);
    say("min", sequence.min, min);
    say("max", sequence.max, max);
    say("start", sequence.start, start);
    say("cache", sequence.cache, 1);
    if sequence.cycle {
        facts.push("cycle".to_owned());
    }
    let owner = match (&sequence.owned_by, sequence.identity) {
        (Some(column), true) => format!("identity of {column}"),
        (Some(column), false) => format!("owned by {column}"),
        (None, _) => String::new(),
    };
    let kind = if sequence.unlogged { "unlogged sequence" } else { "sequence" };
    Line::new(kind, &sequence.name)
        .then(Style::Plain, facts.join(", "))
        .then(Style::Dim, owner)
        .comment(&sequence.comment)
}

fn validated(line: Line, validated: bool) -> Line {
    line.then(Style::Warning, if validated { "" } else { "not validated" })
}

fn enforced(line: Line, enforced: bool, is_validated: bool) -> Line {
    if enforced { validated(line, is_validated) } else { line.then(Style::Warning, "not enforced") }
}

fn inherited(line: Line, inherited: bool) -> Line {
    line.then(Style::Dim, if inherited { "inherited" } else { "" })
}

fn include(columns: &[String]) -> String {
    if columns.is_empty() { String::new() } else { format!("include ({})", columns.join(", ")) }
}

fn with(options: &[String]) -> String {
    if options.is_empty() { String::new() } else { format!("with ({})", options.join(", ")) }
}

fn collate(collation: &Option<String>) -> String {
    collation.as_ref().map(|collation| format!(" collate {collation}")).unwrap_or_default()
}

fn deferrable(deferrable: Option<Deferrable>) -> &'static str {
    match deferrable {
        Some(Deferrable::Immediate) => "deferrable",
        Some(Deferrable::Deferred) => "deferrable initially deferred",
        None => "",
    }
}

/// Returns an expression without its line breaks; spaces inside of a line may belong to a text in it.
fn in_line(expression: &str) -> String {
    expression.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

fn widest<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.map(|text| text.chars().count()).max().unwrap_or(0)
}
