//! Rules as text: `make_ruledef` of `ruleutils.c`, and the statements that change rows.

use super::query::STEP;
use super::{Names, Speller};
use crate::catalog::expression::Expression;
use crate::catalog::query::{Query, Select};
use crate::catalog::{Action, Changing, Form, Oid, Rule};
use crate::expression::{Answer, Stop};

/// Returns what `pg_get_ruledef` prints of a rule behind its table.
pub(crate) fn spell_rule(rule: &Rule, names: &dyn Names) -> Answer<String> {
    let mut text = String::new();
    if let Some(condition) = &rule.condition {
        let mut speller = of_rule(names);
        // What the first action names is around the queries of the condition.
        if let Some(select) = rule.actions.first().and_then(Action::read).and_then(Query::as_select) {
            speller.name_sources(select)?;
        }
        speller.indent = STEP;
        speller.node(&condition.tree, false)?;
        text.push_str("\n   WHERE ");
        text.push_str(&speller.text);
    }
    text.push_str(if rule.instead { " DO INSTEAD " } else { " DO " });
    match rule.actions.as_slice() {
        [] => text.push_str("NOTHING"),
        [Action::Notify(..)] => text.truncate(text.trim_end().len()),
        _ => {}
    }
    let several = rule.actions.len() > 1;
    text.push_str(if several { "(" } else { "" });
    for action in &rule.actions {
        let mut speller = of_rule(names);
        match action {
            Action::Query(query) => speller.query(query, None, true)?,
            Action::Change(change) => speller.change(change)?,
            Action::Notify(channel, payload) => speller.notify(channel, payload.as_deref()),
        }
        text.push_str(&speller.text);
        text.push_str(if several { ";\n" } else { "" });
    }
    text.push_str(if several { ");" } else { ";" });
    Ok(text)
}

/// In a rule, there are the rows of before and after.
fn of_rule(names: &dyn Names) -> Speller<'_> {
    let mut speller = Speller::new(names);
    speller.taken = vec!["old".to_owned(), "new".to_owned()];
    speller
}

impl Speller<'_> {
    fn notify(&mut self, channel: &str, payload: Option<&str>) {
        let payload = payload.map(|payload| format!(", {}", super::quoted(payload))).unwrap_or_default();
        let text = format!("\n NOTIFY {}{payload}", self.quoted(channel));
        self.push(&text);
    }

    fn change(&mut self, change: &Changing) -> Answer<()> {
        let select = change.query.as_select().ok_or_else(|| Stop::unknown("a change of such a form"))?;
        self.name_sources(select)?;
        self.indent += STEP;
        match &change.form {
            Form::Insert(columns, rows) => {
                self.insert_into(select, change.target, columns)?;
                self.rows(rows)?;
            }
            Form::InsertQuery(columns, query) => {
                self.insert_into(select, change.target, columns)?;
                self.inner_query(query, None, false)?;
            }
            Form::Update(sets) => {
                self.push(" UPDATE ");
                self.changed(select, false)?;
                for (at, (column, value)) in sets.iter().enumerate() {
                    self.push(if at == 0 { " SET " } else { ", " });
                    let name = self.target_column(change.target, *column)?;
                    self.push(&format!("{name} = "));
                    self.put(value.as_ref())?;
                }
                self.sources_and_condition(select, " FROM ")?;
            }
            Form::Delete => {
                self.push(" DELETE FROM ");
                self.changed(select, false)?;
                self.sources_and_condition(select, " USING ")?;
            }
        }
        if change.query.outputs().next().is_some() {
            self.keyword(" RETURNING", 1);
            self.targets(&change.query, None, true)?;
        }
        Ok(())
    }

    fn insert_into(&mut self, select: &Select, target: Oid, columns: &[i16]) -> Answer<()> {
        self.push(" INSERT INTO ");
        self.changed(select, true)?;
        self.push(" ");
        if !columns.is_empty() {
            let names: Vec<String> =
                columns.iter().map(|column| self.target_column(target, *column)).collect::<Answer<_>>()?;
            self.push(&format!("({}) ", names.join(", ")));
        }
        Ok(())
    }

    /// The table, with another name where it has one; behind INSERT this takes a word.
    fn changed(&mut self, select: &Select, of_insert: bool) -> Answer<()> {
        let source = select.sources.first().ok_or_else(|| Stop::unknown("the table of a change"))?;
        let before = std::mem::take(&mut self.text);
        self.source(source)?;
        let text = std::mem::replace(&mut self.text, before);
        let called = self.sources.get(&source.number).and_then(|called| called.name.as_deref());
        let alias = called.map(|name| format!(" {}", self.quoted(name))).unwrap_or_default();
        match text.strip_suffix(alias.as_str()).filter(|_| of_insert && !alias.is_empty()) {
            Some(table) => self.push(&format!("{table} AS{alias}")),
            None => self.push(&text),
        }
        Ok(())
    }

    fn target_column(&self, target: Oid, number: i16) -> Answer<String> {
        let name = self.names.column(target, number).ok_or_else(|| Stop::unknown("the name of a column"))?;
        Ok(self.quoted(&name).into_owned())
    }

    fn put(&mut self, value: Option<&Expression>) -> Answer<()> {
        match value {
            Some(value) => self.node(value, false),
            None => {
                self.push("DEFAULT");
                Ok(())
            }
        }
    }

    /// One row stands behind the word on a line of its own, several right there.
    fn rows(&mut self, rows: &[Vec<Option<Expression>>]) -> Answer<()> {
        let between = match rows {
            [] => return Err(Stop::unknown("an INSERT of no rows")),
            [row] if row.is_empty() => {
                self.push("DEFAULT VALUES");
                return Ok(());
            }
            [_] => {
                self.keyword("VALUES (", 2);
                ", "
            }
            _ => {
                self.push("VALUES (");
                ","
            }
        };
        for (at, row) in rows.iter().enumerate() {
            self.push(if at > 0 { ", (" } else { "" });
            for (at, value) in row.iter().enumerate() {
                self.push(if at > 0 { between } else { "" });
                self.put(value.as_ref())?;
            }
            self.push(")");
        }
        Ok(())
    }
}
