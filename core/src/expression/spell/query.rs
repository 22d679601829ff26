//! Queries as text: `get_query_def` of `ruleutils.c`, with its indents.

use super::Speller;
use crate::catalog::Oid;
use crate::catalog::expression::{Expression, Node};
use crate::catalog::query::{Body, Distinct, Link, Query, SOURCES, Select, SetTree, SourceOf, SubQuery, Target};
use crate::expression::{Answer, Stop, is_constant};

/// How far the parts of a query are indented.
pub(super) const STEP: usize = 8;
/// How far a line of a list is indented more.
const LINE: usize = 4;
/// The name of rows that are written in a query.
const VALUES: &str = "*VALUES*";

impl Speller<'_> {
    /// `columns`: names that the outputs have, where they may have others than the query says. `visible`: somebody
    /// sees the names of the outputs.
    pub(super) fn query(&mut self, query: &Query, columns: Option<&[&str]>, visible: bool) -> Answer<()> {
        let (indent, taken) = (self.indent, self.taken.len());
        if let Body::Select(select) = &query.body {
            self.name_sources(select)?;
        }
        self.with(query)?;
        let by_place = match &query.body {
            Body::Select(select) => {
                self.select(query, select, columns, visible)?;
                false
            }
            Body::Set(tree) => {
                self.set(tree, columns, visible)?;
                true
            }
        };
        for (at, sort) in query.order.iter().enumerate() {
            if at == 0 {
                self.keyword(" ORDER BY ", 1);
            } else {
                self.push(", ");
            }
            self.sorted(query, sort.target, columns, by_place)?;
            self.direction(sort.descending, sort.nulls_first);
        }
        if let Some(offset) = &query.offset {
            self.keyword(" OFFSET ", 0);
            self.node(offset, false)?;
        }
        if let Some(limit) = &query.limit {
            let is_null = matches!(limit.node, Node::Constant(crate::catalog::expression::Value::Null));
            self.keyword(if query.with_ties { " FETCH FIRST " } else { " LIMIT " }, 0);
            match query.with_ties {
                // What is no number stands in parentheses since a minor version.
                true if !is_constant(limit) => return Err(Stop::unknown("FETCH FIRST of what is no number")),
                false if is_null => self.push("ALL"),
                _ => self.node(limit, false)?,
            }
            self.push(if query.with_ties { " ROWS WITH TIES" } else { "" });
        }
        for lock in &query.locks {
            for source in &lock.of {
                let called = self.sources.get(source).and_then(|called| called.name.clone());
                let name = called.ok_or_else(|| Stop::unknown("the name of a source"))?;
                let text = format!(" FOR {} OF {}{}", lock.strength, self.quoted(&name), lock.wait);
                self.keyword(&text, 0);
            }
        }
        self.indent = indent;
        self.taken.truncate(taken);
        Ok(())
    }

    /// A query in another names the source of each column.
    pub(super) fn inner_query(&mut self, query: &Query, columns: Option<&[&str]>, visible: bool) -> Answer<()> {
        let (prefixes, inside) =
            (std::mem::replace(&mut self.prefixes, true), std::mem::replace(&mut self.inside, true));
        let (outputs, listed) = (std::mem::take(&mut self.outputs), std::mem::take(&mut self.listed));
        let answer = self.query(query, columns, visible);
        (self.prefixes, self.inside, self.outputs, self.listed) = (prefixes, inside, outputs, listed);
        answer
    }

    /// Begins the line of a clause.
    pub(super) fn keyword(&mut self, text: &str, more: usize) {
        self.indent = self.indent.saturating_sub(STEP);
        self.line_with(text, more);
        self.indent += STEP;
    }

    fn with(&mut self, query: &Query) -> Answer<()> {
        if query.with.is_empty() {
            return Ok(());
        }
        self.indent += STEP;
        self.push(if query.recursive { " WITH RECURSIVE " } else { " WITH " });
        for (at, common) in query.with.iter().enumerate() {
            self.push(if at > 0 { ", " } else { "" });
            self.push(&self.quoted(&common.name));
            if !common.columns.is_empty() {
                self.names(common.columns.iter().map(|name| &**name));
            }
            self.push(match common.materialized {
                None => " AS (",
                Some(true) => " AS MATERIALIZED (",
                Some(false) => " AS NOT MATERIALIZED (",
            });
            self.line("");
            self.inner_query(&common.query, None, true)?;
            self.line("");
            self.push(")");
        }
        self.indent -= STEP;
        self.line("");
        Ok(())
    }

    pub(super) fn names<'n>(&mut self, names: impl Iterator<Item = &'n str>) {
        let names: Vec<_> = names.map(|name| self.quoted(name)).collect();
        self.push(&format!("({})", names.join(", ")));
    }

    fn select(&mut self, query: &Query, select: &Select, columns: Option<&[&str]>, visible: bool) -> Answer<()> {
        self.indent += STEP;
        self.push(" ");
        if let Some(rows) = only_values(query, select, columns) {
            return self.values(rows);
        }
        self.listed = outputs_of(query, columns);
        self.push("SELECT");
        match &select.distinct {
            Distinct::No => {}
            Distinct::All => self.push(" DISTINCT"),
            Distinct::On(targets) => {
                for (at, target) in targets.iter().enumerate() {
                    self.push(if at == 0 { " DISTINCT ON (" } else { ", " });
                    self.sorted(query, *target, columns, false)?;
                }
                self.push(")");
            }
        }
        self.targets(query, columns, visible)?;
        self.sources_and_condition(select, " FROM ")?;
        for (at, target) in select.groups.iter().enumerate() {
            if at == 0 {
                self.keyword(" GROUP BY ", 1);
            } else {
                self.push(", ");
            }
            self.sorted_or_grouped(query, *target, false)?;
        }
        if let Some(having) = &select.having {
            self.keyword(" HAVING ", 0);
            self.node(having, false)?;
        }
        for (at, (name, window)) in select.windows.iter().enumerate() {
            if at == 0 {
                self.keyword(" WINDOW ", 1);
            } else {
                self.push(", ");
            }
            self.push(&format!("{} AS ", self.quoted(name)));
            self.window(window)?;
        }
        Ok(())
    }

    /// `word`: with which FROM begins.
    pub(super) fn sources_and_condition(&mut self, select: &Select, word: &str) -> Answer<()> {
        for (at, from) in select.from.iter().enumerate() {
            if at == 0 {
                self.keyword(word, 2);
                self.from(from, select)?;
                continue;
            }
            self.push(", ");
            let before = std::mem::take(&mut self.text);
            self.from(from, select)?;
            let item = std::mem::replace(&mut self.text, before);
            self.indent -= STEP;
            self.line_with("", LINE);
            self.indent += STEP;
            self.push(&item);
        }
        if let Some(condition) = &select.condition {
            self.keyword(" WHERE ", 1);
            self.node(condition, false)?;
        }
        Ok(())
    }

    /// Every output but the first has a line of its own. `get_target_list`
    pub(super) fn targets(&mut self, query: &Query, columns: Option<&[&str]>, visible: bool) -> Answer<()> {
        for (at, target) in query.outputs().enumerate() {
            self.push(if at == 0 { " " } else { ", " });
            let before = std::mem::take(&mut self.text);
            let own = self.target(&target.value, visible)?;
            let called = columns.and_then(|columns| columns.get(at).copied()).unwrap_or(&target.name);
            if own.as_deref() != Some(called) {
                self.push(&format!(" AS {}", self.quoted(called)));
            }
            let item = std::mem::replace(&mut self.text, before);
            if item.starts_with('\n') {
                let kept = self.text.trim_end_matches(' ').len();
                self.text.truncate(kept);
            } else if at > 0 {
                self.indent -= STEP;
                self.line_with("", LINE);
                self.indent += STEP;
            }
            self.push(&item);
        }
        Ok(())
    }

    /// Spells an output; returns the name that it has without another word.
    fn target(&mut self, value: &Expression, visible: bool) -> Answer<Option<String>> {
        if let Node::Column { relation, number } = &value.node
            && relation.0 < SOURCES
        {
            self.node(value, true)?;
            return Ok(self.names.column(*relation, *number));
        }
        if let Node::Column { relation, number } = &value.node {
            self.source_column(*relation, *number)?;
            return Ok(self.sources.get(relation).and_then(|called| called.columns.get(number)).cloned());
        }
        self.node(value, true)?;
        Ok((!visible).then(|| "?column?".to_owned()))
    }

    /// A column is not to be taken for an output of its name.
    fn sorted(&mut self, query: &Query, target: usize, columns: Option<&[&str]>, by_place: bool) -> Answer<()> {
        if !self.prefixes && query.targets.get(target).and_then(|target| column(&target.value)).is_some() {
            self.outputs = outputs_of(query, columns);
        }
        self.sorted_or_grouped(query, target, by_place)?;
        self.outputs.clear();
        Ok(())
    }

    /// `get_rule_sortgroupclause`
    fn sorted_or_grouped(&mut self, query: &Query, target: usize, by_place: bool) -> Answer<()> {
        if by_place {
            self.push(&(target + 1).to_string());
            return Ok(());
        }
        let target = query.targets.get(target).ok_or_else(|| Stop::unknown("a target"))?;
        self.sort_value(&target.value)
    }

    /// The same where a window is made of what is sorted by.
    pub(super) fn sort_window(&mut self, value: &Expression) -> Answer<()> {
        if !self.prefixes && column(value).is_some() {
            self.outputs.clone_from(&self.listed);
        }
        self.sort_value(value)?;
        self.outputs.clear();
        Ok(())
    }

    pub(super) fn sort_value(&mut self, value: &Expression) -> Answer<()> {
        match &value.node {
            Node::Constant(constant) => {
                // Without its type it would be a place in the list.
                let of = self.type_(value.of)?;
                self.constant(constant, value.of, false)?;
                self.push(&format!("::{of}"));
                Ok(())
            }
            Node::Call(_) | Node::Aggregate(_) => {
                self.push("(");
                self.node(value, true)?;
                self.push(")");
                Ok(())
            }
            _ => self.node(value, true),
        }
    }

    pub(super) fn direction(&mut self, descending: bool, nulls_first: bool) {
        self.push(match (descending, nulls_first) {
            (false, false) => "",
            (false, true) => " NULLS FIRST",
            (true, true) => " DESC",
            (true, false) => " DESC NULLS LAST",
        });
    }

    pub(super) fn values(&mut self, rows: &[Vec<Expression>]) -> Answer<()> {
        self.push("VALUES ");
        for (at, row) in rows.iter().enumerate() {
            self.push(if at > 0 { ", (" } else { "(" });
            for (at, value) in row.iter().enumerate() {
                self.push(if at > 0 { "," } else { "" });
                self.node(value, false)?;
            }
            self.push(")");
        }
        Ok(())
    }

    fn set(&mut self, tree: &SetTree, columns: Option<&[&str]>, visible: bool) -> Answer<()> {
        let (operation, all, left, right) = match tree {
            SetTree::Node { operation, all, left, right } => (*operation, *all, left, right),
            SetTree::Leaf(query) => {
                let alone = query.with.is_empty()
                    && query.order.is_empty()
                    && query.locks.is_empty()
                    && query.offset.is_none()
                    && query.limit.is_none();
                self.push(if alone { "" } else { "(" });
                self.inner_query(query, columns, visible)?;
                self.push(if alone { "" } else { ")" });
                return Ok(());
            }
        };
        let nested = match &**left {
            SetTree::Node { operation: other, all: other_all, .. } => (operation, all) != (*other, *other_all),
            SetTree::Leaf(_) => false,
        };
        if nested {
            self.push("(");
            self.indent += STEP;
            self.line("");
        }
        self.set(left, columns, visible)?;
        if nested {
            self.indent -= STEP;
        }
        self.line(if nested { ") " } else { "" });
        self.push(operation);
        self.push(if all { " ALL " } else { " " });
        let nested = matches!(**right, SetTree::Node { .. });
        if nested {
            self.push("(");
            self.indent += STEP;
        }
        self.line("");
        self.set(right, columns, false)?;
        if nested {
            self.indent -= STEP;
            self.line(")");
        }
        Ok(())
    }

    /// `get_sublink_expr`
    pub(super) fn sub_query(&mut self, inner: &SubQuery) -> Answer<()> {
        let operator = match &inner.link {
            Link::Exists => {
                self.push("(EXISTS (");
                None
            }
            Link::Value => {
                self.push("(");
                None
            }
            Link::Array => {
                self.push("ARRAY(");
                None
            }
            Link::Any(values, name) if name == "=" => Some((values, " IN (".to_owned())),
            Link::Any(values, name) => Some((values, format!(" {name} ANY ("))),
            Link::All(values, name) => Some((values, format!(" {name} ALL ("))),
        };
        if let Some((values, words)) = operator {
            self.push(if values.len() > 1 { "((" } else { "(" });
            for (at, value) in values.iter().enumerate() {
                self.push(if at > 0 { ", " } else { "" });
                self.node(value, true)?;
            }
            self.push(if values.len() > 1 { ")" } else { "" });
            self.push(&words);
        }
        self.inner_query(&inner.query, None, false)?;
        self.push(if matches!(inner.link, Link::Value | Link::Array) { ")" } else { "))" });
        Ok(())
    }
}

/// Returns the rows of a query that is nothing but rows. `get_simple_values_rte`
fn only_values<'q>(query: &Query, select: &'q Select, columns: Option<&[&str]>) -> Option<&'q [Vec<Expression>]> {
    let [source] = select.sources.as_slice() else { return None };
    let SourceOf::Values(rows) = &source.of else { return None };
    if source.named || source.name.as_deref() != Some(VALUES) || query.targets.len() != source.columns.len() {
        return None;
    }
    let is_own = |(at, target): (usize, &Target)| {
        let Node::Column { number, .. } = target.value.node else { return false };
        let name = columns.and_then(|columns| columns.get(at).copied()).unwrap_or(&target.name);
        source.columns.get(at).is_some_and(|(own, known, _)| *own == number && **known == *name)
    };
    query.targets.iter().enumerate().all(is_own).then_some(rows)
}

fn column(value: &Expression) -> Option<(Oid, i16)> {
    match value.node {
        Node::Column { relation, number } => Some((relation, number)),
        _ => None,
    }
}

/// Returns the names of the outputs of a query, each with the column that it shows.
fn outputs_of(query: &Query, columns: Option<&[&str]>) -> Vec<(String, Option<(Oid, i16)>)> {
    let name = |(at, target): (usize, &Target)| {
        let shown = columns.and_then(|columns| columns.get(at).copied()).unwrap_or(&target.name);
        (shown.to_owned(), column(&target.value))
    };
    query.outputs().enumerate().map(name).collect()
}
