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
        if let Some(using) = self.using.get(&join.source).cloned() {
            self.push(" USING ");
            self.names(using.iter().map(String::as_str));
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
        let mut used = UsedNames::default();
        select.from.iter().for_each(|from| used.of(from, &[]));
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
            let called = self.columns_of(source, name, &used)?;
            self.sources.insert(source.number, called);
        }
        self.using.extend(used.of_joins);
        Ok(())
    }

    fn columns_of(&self, source: &Source, name: Option<String>, used: &UsedNames) -> Answer<Called> {
        let mut columns: BTreeMap<i16, String> = used.of_columns.get(&source.number).cloned().unwrap_or_default();
        let around = used.around.get(&source.number).map(Vec::as_slice).unwrap_or_default();
        let mut changed = false;
        let real: Vec<(i16, String)> = match &source.of {
            SourceOf::Relation(oid, _) => {
                self.names.columns(*oid).ok_or_else(|| Stop::unknown("the columns of a relation"))?
            }
            _ => source.columns.iter().map(|(number, name, _)| (*number, name.to_string())).collect(),
        };
        for (number, real) in real {
            let written = source.renamed.iter().find(|(renamed, _)| *renamed == number);
            let wanted = written.map_or_else(|| real.clone(), |(_, name)| name.to_string());
            let shown = match columns.get(&number) {
                Some(used) => used.clone(),
                None => free(&wanted, |name| columns.values().chain(around).any(|other| other == name)),
            };
            changed |= shown != real;
            columns.insert(number, shown);
        }
        let lists_columns = match &source.of {
            SourceOf::Relation(..) => changed,
            SourceOf::Function(..) => true,
            SourceOf::Join => false,
            _ => changed || !source.renamed.is_empty(),
        };
        Ok(Called { name, columns, lists_columns })
    }
}

/// What the columns are called by which joins are made: both sides take one name. `set_using_names`
#[derive(Default)]
struct UsedNames {
    /// Of the columns of sources.
    of_columns: BTreeMap<Oid, BTreeMap<i16, String>>,
    /// Of joins, as USING lists them.
    of_joins: BTreeMap<Oid, Vec<String>>,
    /// What joins around a source call columns: no other column of it may be called so.
    around: BTreeMap<Oid, Vec<String>>,
}

impl UsedNames {
    fn of(&mut self, from: &From, around: &[String]) {
        let join = match from {
            From::Join(join) => join,
            From::Source(number) => {
                self.around.insert(*number, around.to_vec());
                return;
            }
        };
        let (mut own, mut all) = (Vec::new(), around.to_vec());
        for used in &join.using {
            let given = used.sides.iter().find_map(|(source, number)| self.of_columns.get(source)?.get(number));
            let name = given.cloned().unwrap_or_else(|| free(&used.name, |name| all.iter().any(|other| other == name)));
            for (source, number) in used.sides {
                self.of_columns.entry(source).or_default().entry(number).or_insert_with(|| name.clone());
            }
            own.push(name.clone());
            all.push(name);
        }
        if !own.is_empty() {
            self.of_joins.insert(join.source, own);
        }
        self.of(&join.left, &all);
        self.of(&join.right, &all);
    }
}

/// Returns a name, with a number behind it where it is taken.
fn free(wanted: &str, is_taken: impl Fn(&str) -> bool) -> String {
    if !is_taken(wanted) {
        return wanted.to_owned();
    }
    let names = (1..).map(|counter| numbered(wanted, counter));
    names.into_iter().find(|name| !is_taken(name)).expect("one of many numbers is free")
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
