//! The sources of a query as text: how FROM says them, and what they and their columns are called.

use std::collections::BTreeMap;

use super::{Called, Speller};
use crate::catalog::Oid;
use crate::catalog::query::{From, Join, JoinKind, Select, Source, SourceOf};
use crate::expression::{Answer, Stop};

/// How far a join is indented more.
const JOIN: usize = 4;

impl Speller<'_> {
    pub(super) fn from(&mut self, from: &From, select: &Select) -> Answer<()> {
        match from {
            From::Source(number) => {
                let source = select.sources.iter().find(|source| source.number == *number);
                self.source(source.ok_or_else(|| Stop::unknown("a source"))?)
            }
            From::Join(join) => self.join(join, select),
        }
    }

    fn join(&mut self, join: &Join, select: &Select) -> Answer<()> {
        let source = select.sources.iter().find(|source| source.number == join.source);
        let source = source.ok_or_else(|| Stop::unknown("a join"))?;
        self.push("(");
        self.from(&join.left, select)?;
        let is_met = !join.using.is_empty() || join.condition.is_some();
        self.keyword(
            match join.kind {
                JoinKind::Inner if is_met => " JOIN ",
                JoinKind::Inner => " CROSS JOIN ",
                JoinKind::Left => " LEFT JOIN ",
                JoinKind::Right => " RIGHT JOIN ",
                JoinKind::Full => " FULL JOIN ",
            },
            JOIN,
        );
        self.from(&join.right, select)?;
        if !join.using.is_empty() {
            self.push(" USING ");
            self.names(join.using.iter().map(|name| &**name));
        } else if let Some(condition) = &join.condition {
            self.push(" ON (");
            self.node(condition, false)?;
            self.push(")");
        } else if join.kind != JoinKind::Inner {
            self.push(" ON TRUE");
        }
        self.push(")");
        match source.named {
            true => Err(Stop::unknown("a join with a name")),
            false => Ok(()),
        }
    }

    pub(super) fn source(&mut self, source: &Source) -> Answer<()> {
        self.push(if source.lateral { "LATERAL " } else { "" });
        let mut own = None;
        match &source.of {
            SourceOf::Relation(oid, only) => {
                let name = self.names.relation(*oid).ok_or_else(|| Stop::unknown("the name of a relation"))?;
                self.push(if *only { "ONLY " } else { "" });
                self.push(&name);
                own = self.names.relation_name(*oid);
            }
            SourceOf::Query(query) => {
                self.push("(");
                self.inner_query(query, None, true)?;
                self.push(")");
            }
            SourceOf::Common(name) => {
                self.push(&self.quoted(name));
                own = Some(name.to_string());
            }
            SourceOf::Values(rows) => {
                self.push("(");
                self.values(rows)?;
                self.push(")");
            }
            SourceOf::Function(call, ordinality) => {
                self.node(call, true)?;
                self.push(if *ordinality { " WITH ORDINALITY" } else { "" });
            }
            SourceOf::Join => return Err(Stop::unknown("a join as a source")),
        }
        let called = self.sources.get(&source.number).ok_or_else(|| Stop::unknown("the name of a source"))?;
        let columns: Option<Vec<String>> = called.lists_columns.then(|| called.columns.values().cloned().collect());
        if (source.named || columns.is_some() || called.name != own)
            && let Some(name) = called.name.clone()
        {
            self.push(&format!(" {}", self.quoted(&name)));
        }
        if let Some(columns) = columns {
            self.names(columns.iter().map(String::as_str));
        }
        Ok(())
    }

    pub(super) fn source_column(&mut self, source: Oid, number: i16) -> Answer<()> {
        let called = self.sources.get(&source).ok_or_else(|| Stop::unknown("a column of a source"))?;
        let column = called.columns.get(&number).ok_or_else(|| Stop::unknown("a column of a source"))?;
        let misleads = self.outputs.iter().any(|(name, of)| name == column && *of != Some((source, number)));
        let shown = called.name.as_deref().filter(|_| self.prefixes || misleads);
        let prefix = shown.map(|name| format!("{}.", self.quoted(name))).unwrap_or_default();
        let text = format!("{prefix}{}", self.quoted(column));
        self.push(&text);
        Ok(())
    }

    /// Gives every source a name that none around it has, and every column one that none beside it has.
    /// `set_rtable_names`, `set_relation_column_names`
    pub(super) fn name_sources(&mut self, select: &Select) -> Answer<()> {
        let mut counters: BTreeMap<String, usize> = BTreeMap::new();
        for source in &select.sources {
            let name = match &source.of {
                SourceOf::Relation(oid, _) if !source.named => self.names.relation_name(*oid),
                _ => source.name.as_deref().map(str::to_owned),
            };
            let name = name.map(|name| {
                let unique = unique(&name, &mut counters, |it| self.taken.iter().any(|taken| taken == it));
                self.taken.push(unique.clone());
                unique
            });
            let called = self.columns_of(source, name)?;
            self.sources.insert(source.number, called);
        }
        select.from.iter().try_for_each(|from| self.check_using(from))
    }

    fn columns_of(&self, source: &Source, name: Option<String>) -> Answer<Called> {
        let (mut columns, mut changed): (BTreeMap<i16, String>, bool) = (BTreeMap::new(), false);
        let real: Vec<(i16, String)> = match &source.of {
            SourceOf::Relation(oid, _) => {
                self.names.columns(*oid).ok_or_else(|| Stop::unknown("the columns of a relation"))?
            }
            _ => source.columns.iter().map(|(number, name, _)| (*number, name.to_string())).collect(),
        };
        for (number, real) in real {
            let written = source.renamed.iter().find(|(renamed, _)| *renamed == number);
            let wanted = written.map_or_else(|| real.clone(), |(_, name)| name.to_string());
            let has = |columns: &BTreeMap<i16, String>, name: &str| columns.values().any(|other| other == name);
            let mut unique = wanted.clone();
            let mut counter = 0;
            while has(&columns, &unique) {
                counter += 1;
                unique = numbered(&wanted, counter);
            }
            changed |= unique != real;
            columns.insert(number, unique);
        }
        let lists_columns = match &source.of {
            SourceOf::Relation(..) => changed,
            SourceOf::Function(..) => true,
            SourceOf::Join => false,
            _ => changed || !source.renamed.is_empty(),
        };
        Ok(Called { name, columns, lists_columns })
    }

    /// A join by columns whose names are not the same any more has names of its own for them.
    fn check_using(&self, from: &From) -> Answer<()> {
        let From::Join(join) = from else { return Ok(()) };
        for side in [&join.left, &join.right] {
            self.check_using(side)?;
            for name in &join.using {
                if !self.has_column(side, name) {
                    return Err(Stop::unknown("a join by columns that are called otherwise"));
                }
            }
        }
        Ok(())
    }

    fn has_column(&self, from: &From, name: &str) -> bool {
        match from {
            From::Source(number) => {
                self.sources.get(number).is_some_and(|called| called.columns.values().any(|column| column == name))
            }
            From::Join(join) => self.has_column(&join.left, name) || self.has_column(&join.right, name),
        }
    }
}

/// Returns a name that is not taken, as Postgres makes it of one that may be.
fn unique(name: &str, counters: &mut BTreeMap<String, usize>, is_taken: impl Fn(&str) -> bool) -> String {
    if !is_taken(name) {
        return name.to_owned();
    }
    let counter = counters.entry(name.to_owned()).or_default();
    loop {
        *counter += 1;
        let numbered = numbered(name, *counter);
        if !is_taken(&numbered) {
            return numbered;
        }
    }
}

/// Returns a name with a number behind it, cut so that it is no longer than a name may be.
fn numbered(name: &str, number: usize) -> String {
    const LONGEST: usize = 63;
    let number = format!("_{number}");
    let mut end = name.len().min(LONGEST.saturating_sub(number.len()));
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{number}", name.get(..end).unwrap_or_default())
}
