//! What constraints say to the rows that a statement writes: which of them are sure to be refused, and where what is in
//! the tables decides.

mod constraints;
mod distinct;
mod guards;
mod keyring;
mod keys;
mod origin;
mod outputs;
mod present;
mod referenced;
mod references;
mod twice;

use std::sync::Arc;

use super::{Play, Stop};
use crate::catalog::expression::{Expression, Node};
use crate::catalog::function::builtin_name;
use crate::catalog::{
    Catalog, Column, Formula, Known, KnownRow, KnownRows, Oid, Refusal, Relation, Rows, SqlState, Timing, UserTypeKind,
};
use crate::expression::{evaluate, may_fail};
use crate::query::{Change, Row, Rows as Inserted};

use origin::Origin;
pub(super) use origin::leaves;
pub(super) use outputs::{are_written, is_pulled_up, puts_out_rows, substituted};
pub(super) use present::has_same_columns;

/// A row that a statement writes.
struct NewRow<'a> {
    /// What is known of its columns.
    values: KnownRow,
    /// What is put into them, where something is.
    trees: Vec<(i16, &'a Expression)>,
    /// The columns that are changed of a row that is there, with those that are generated from them.
    changed: Option<Vec<i16>>,
    /// Columns whose values nothing else has: of a sequence, or made up at random.
    fresh: Vec<i16>,
}

impl NewRow<'_> {
    fn value(&self, number: i16) -> &Known {
        value_of(&self.values, number)
    }

    fn tree(&self, number: i16) -> Option<&Expression> {
        self.trees.iter().find(|(of, _)| *of == number).map(|(_, tree)| *tree)
    }
}

/// Returns what is known of a column of a row.
fn value_of(row: &KnownRow, number: i16) -> &Known {
    row.iter().find(|(of, _)| *of == number).map_or(&Known::Perhaps, |(_, known)| known)
}

/// What is said to rows, while it is found out.
#[derive(Default)]
struct Verdict {
    /// What Postgres may raise, and the table whose rows decide.
    may_raise: Vec<(Refusal, Oid)>,
}

impl Verdict {
    fn may(&mut self, refusal: Refusal, decides: Oid) {
        if !self.may_raise.iter().any(|(known, of)| *of == decides && *known == refusal) {
            self.may_raise.push((refusal, decides));
        }
    }

    /// Refuses the statement where that is `sure`, or takes note that it may be.
    fn say(&mut self, sure: bool, refusal: Refusal, decides: Oid) -> Result<(), Stop> {
        if sure {
            return Err(refusal.into());
        }
        self.may(refusal, decides);
        Ok(())
    }
}

impl Play<'_> {
    /// Refuses a change whose rows some constraint is sure to refuse, and takes note where what is in the tables
    /// decides. Returns all rows that the table has then, where they are known.
    pub(super) fn check_new_rows(&mut self, change: &Change, below: &[Oid]) -> Result<Option<Arc<KnownRows>>, Stop> {
        let Some(table) = self.catalog.relation(change.target).filter(|it| it.is_table()).cloned() else {
            return Ok(None);
        };
        let mut verdict = Verdict::default();
        let inserted = match &change.rows {
            Inserted::None => Vec::new(),
            Inserted::Written(rows) => self.check_written(change, &table, rows, &mut verdict)?,
            Inserted::Query(_) | Inserted::Merged(_) => {
                self.check_queried(change, &table, &mut verdict)?.into_iter().collect()
            }
        };
        let has_rows = |oid: &Oid| self.catalog.relation(*oid).is_some_and(|it| it.rows == Rows::Perhaps);
        let affected: Vec<Oid> = std::iter::once(change.target).chain(below.iter().copied()).filter(has_rows).collect();
        if change.updates.is_some() && !affected.is_empty() {
            let origin = Origin::of_update(&self.catalog, change, &inserted);
            // Partitions have the constraints of their table; what inherits otherwise has others of its own.
            let whole = table.is_partitioned() || table.rows == Rows::Perhaps;
            let inheriting = affected.iter().filter_map(|oid| self.catalog.relation(*oid));
            let inheriting = inheriting.filter(|it| it.oid != table.oid && it.bound.is_none());
            for table in inheriting.chain(whole.then_some(&table)) {
                self.check_updated(&assigned_in(table, change, &self.catalog), table, &origin, &mut verdict)?;
            }
        }
        self.check_merged_twice(change, &affected, &mut verdict);
        self.check_referencing(change, &affected, &mut verdict);
        self.ledger.may_raise.extend(verdict.may_raise);
        let before = match (table.rows, &table.known) {
            (Rows::None, _) => Some(None),
            (Rows::Perhaps, Some(known)) => Some(Some(known.clone())),
            (Rows::Perhaps, None) => None,
        };
        let is_plain = !table.is_partitioned()
            && table.children.is_empty()
            && !change.may_skip
            && self.catalog.triggers_of(table.oid).next().is_none();
        let written = matches!(change.rows, Inserted::Written(_)) && is_plain;
        Ok(before.filter(|_| written).and_then(|before| KnownRows::behind(before, inserted)))
    }

    /// Returns whether triggers may change a row before it is written.
    fn changes_before(&self, table: &Relation) -> bool {
        self.fires_for_rows(table, Timing::Before)
    }

    fn fires_for_rows(&self, table: &Relation, timing: Timing) -> bool {
        self.catalog.triggers_of(table.oid).any(|trigger| {
            self.is_on(trigger.enabled) && trigger.timing == timing && trigger.each_row && trigger.events.insert
        })
    }

    /// Checks the rows of VALUES, and returns them.
    fn check_written(
        &self,
        change: &Change,
        table: &Relation,
        rows: &[Row],
        verdict: &mut Verdict,
    ) -> Result<Vec<KnownRow>, Stop> {
        // Triggers change rows, and partitions have some of their own.
        let sure = !self.changes_before(table) && !table.is_partitioned();
        let origin = Origin::nowhere();
        let mut rings = self.keyrings(change, table);
        let mut taken = self.taken(change, table);
        let mut written: Vec<NewRow> = Vec::new();
        for row in rows {
            let known = |_, tree: &Expression| evaluate(&self.catalog, tree, &|_| Known::Perhaps);
            let row = self.new_row(table, row, &known)?;
            let is_open = |number: i16| !matches!(row.value(number), Known::Is(_) | Known::Null);
            for (_, tree) in row.trees.iter().filter(|(number, _)| is_open(*number)) {
                may_fail(&self.catalog, tree, None).into_iter().for_each(|refusal| verdict.may(refusal, table.oid));
            }
            self.check_domains(table, &row, sure, verdict)?;
            self.check_routing(table, &row, !self.changes_before(table), verdict)?;
            self.check_nulls(table, &row, sure, verdict)?;
            self.check_checks(table, &row, sure, verdict)?;
            self.check_indexes(table, &row, sure, verdict)?;
            self.check_taken(change, table, &row, &mut taken, sure, verdict)?;
            self.check_written_keys(change, table, &row, &mut rings, sure, verdict)?;
            written.push(row);
        }
        let sure = sure && !self.fires_for_rows(table, Timing::After);
        self.check_references(change, table, &written, &origin, sure, verdict)?;
        Ok(written.into_iter().map(|row| row.values).collect())
    }

    /// Checks what a query or a MERGE puts in: one row, which stands for all. Returns it, where there may be rows.
    fn check_queried(
        &self,
        change: &Change,
        table: &Relation,
        verdict: &mut Verdict,
    ) -> Result<Option<KnownRow>, Stop> {
        let query = match &change.rows {
            Inserted::Query(query) => query.as_deref(),
            _ => None,
        };
        let origin = match &change.rows {
            Inserted::Merged(_) => Origin::of_merge(&self.catalog, change),
            _ => Origin::of_query(&self.catalog, query),
        };
        if !origin.has_rows {
            return Ok(None);
        }
        let decides = origin.decides.unwrap_or(table.oid);
        let given: Row = match (&change.rows, query) {
            (Inserted::Merged(row), _) => row.clone(),
            (_, Some(query)) => {
                let outputs = Origin::outputs(query, &change.puts).into_iter().zip(&change.inserts);
                outputs.map(|(output, number)| (*number, Some(output))).collect()
            }
            _ => change.inserts.iter().map(|number| (*number, Some(Expression::anything()))).collect(),
        };
        let mut alternatives: Vec<Option<Vec<Known>>> = vec![None];
        if let Some(query) = query {
            let (written, raised) = outputs::written(&self.catalog, query, &origin, &change.puts);
            let is_sure = puts_out_rows(&self.catalog, query);
            raised.into_iter().try_for_each(|refusal| verdict.say(is_sure, refusal, decides))?;
            // What nothing asks for is not computed.
            origin.raised.iter().for_each(|refusal| verdict.may(refusal.clone(), decides));
            alternatives.extend(written.rows.into_iter().map(Some));
            if let Some(first) = alternatives.first_mut() {
                *first = Some(written.merged);
            }
        }
        // The first stands for all, what is known of the others is known of each by itself.
        let mut rows = Vec::new();
        for values in &alternatives {
            let known = |number: i16, tree: &Expression| {
                let at = change.inserts.iter().position(|own| *own == number);
                match at.zip(values.as_ref()).and_then(|(at, values)| values.get(at)) {
                    Some(known) => Ok(known.clone()),
                    None => evaluate(&self.catalog, tree, &|leaf| origin.leaf(&self.catalog, leaf)),
                }
            };
            match self.new_row(table, &given, &known) {
                Ok(row) => rows.push(row),
                // Whether a row comes to it, nobody knows.
                Err(Stop::Refused(refusal)) => verdict.may(refusal, decides),
                Err(stop) => return Err(stop),
            }
        }
        let each = if rows.len() > 1 { rows.get(1..).unwrap_or_default() } else { &rows };
        for row in each {
            self.check_domains(table, row, false, verdict)?;
            self.check_routing(table, row, false, verdict)?;
            let mut of_source = Verdict::default();
            self.check_nulls(table, row, false, &mut of_source)?;
            for (refusal, _) in of_source.may_raise {
                verdict.may(refusal, decides);
            }
            self.check_checks(table, row, false, verdict)?;
            self.check_indexes(table, row, false, verdict)?;
        }
        let Some(all) = rows.first() else { return Ok(None) };
        if let Some(query) = query {
            self.check_queried_twice(change, table, query, each, &origin, verdict)?;
        }
        self.check_queried_keys(change, table, all, &origin, verdict);
        self.check_references(change, table, each, &origin, false, verdict)?;
        Ok(rows.into_iter().next().map(|row| row.values))
    }

    /// Checks what is put into columns of rows that are there, of the table that is named or of one that inherits.
    fn check_updated(
        &self,
        assigned: &Row,
        table: &Relation,
        origin: &Origin,
        verdict: &mut Verdict,
    ) -> Result<(), Stop> {
        let known = |_, tree: &Expression| evaluate(&self.catalog, tree, &|leaf| origin.leaf(&self.catalog, leaf));
        let mut row = match self.new_row(table, assigned, &known) {
            Ok(row) => row,
            Err(Stop::Refused(refusal)) => {
                verdict.may(refusal, table.oid);
                return Ok(());
            }
            Err(stop) => return Err(stop),
        };
        // The other columns stay as they are.
        let is_assigned = |number: i16| assigned.iter().any(|(of, _)| *of == number);
        for (number, known) in &mut row.values {
            if !is_assigned(*number) {
                let not_null = table.numbered(*number).is_some_and(|column| column.not_null);
                *known = if not_null { Known::Some } else { Known::Perhaps };
            }
        }
        row.fresh.retain(|number| is_assigned(*number));
        let is_changed = |column: &&Column| {
            let generated = column.default.as_ref().filter(|default| default.generated);
            is_assigned(column.number)
                || generated.is_some_and(|default| default.formula.columns.iter().any(|it| is_assigned(*it)))
        };
        if self.generate(table, &mut row).is_err() {
            // Some row has what it takes; whether it does, the other columns say.
            verdict.may(Refusal::new(SqlState("22003"), "a generated value is out of range"), table.oid);
        }
        row.changed = Some(table.live().filter(is_changed).map(|column| column.number).collect());
        self.check_domains(table, &row, false, verdict)?;
        self.check_moved(table, &row, assigned, verdict);
        self.check_nulls(table, &row, false, verdict)?;
        self.check_checks(table, &row, false, verdict)?;
        self.check_indexes(table, &row, false, verdict)?;
        self.check_updated_keys(table, &row, verdict);
        self.check_updated_references(table, &row, assigned, origin, verdict);
        Ok(())
    }

    /// Returns what is known of a row: of what is given, of which `known` tells, and of the defaults of all others.
    fn new_row<'r>(
        &self,
        table: &Relation,
        given: &'r Row,
        known: &dyn Fn(i16, &Expression) -> Result<Known, Refusal>,
    ) -> Result<NewRow<'r>, Stop> {
        let mut row = NewRow { values: KnownRow::new(), trees: Vec::new(), changed: None, fresh: Vec::new() };
        for column in table.live() {
            let tree = given.iter().find(|(number, _)| *number == column.number).and_then(|(_, tree)| tree.as_ref());
            let known = match tree {
                Some(tree) => {
                    row.trees.push((column.number, tree));
                    if self.is_fresh(tree) {
                        row.fresh.push(column.number);
                    }
                    known(column.number, tree)?
                }
                None => self.default_of(column, &mut row.fresh)?,
            };
            row.values.push((column.number, known));
        }
        self.generate(table, &mut row)?;
        Ok(row)
    }

    /// Says what is known of the columns that are generated from others.
    fn generate(&self, table: &Relation, row: &mut NewRow) -> Result<(), Stop> {
        for column in table.live() {
            let Some(default) = column.default.as_ref().filter(|default| default.generated) else { continue };
            let leaf = |leaf: &Expression| match leaf.node {
                Node::Column { relation, number } if relation == table.oid => {
                    self.collated(table.oid, number, row.value(number))
                }
                _ => Known::Perhaps,
            };
            let known = evaluate(&self.catalog, &default.formula.tree, &leaf)?;
            if let Some((_, value)) = row.values.iter_mut().find(|(number, _)| *number == column.number) {
                *value = known;
            }
        }
        Ok(())
    }

    /// Returns what is known of the default of a column.
    fn default_of(&self, column: &Column, fresh: &mut Vec<i16>) -> Result<Known, Stop> {
        if column.identity.is_some() {
            fresh.push(column.number);
            return Ok(Known::Some);
        }
        let own = column.default.as_ref().map(|default| &default.formula);
        let Some(tree) = own.or_else(|| self.default_of_domain(column.of.oid)).map(|formula| &formula.tree) else {
            return Ok(Known::Null);
        };
        if self.is_fresh(tree) {
            fresh.push(column.number);
        }
        if column.default.as_ref().is_some_and(|default| default.generated) {
            return Ok(Known::Perhaps);
        }
        Ok(match evaluate(&self.catalog, tree, &|_| Known::Perhaps)? {
            // Nobody writes a default for a column without nulls that is one.
            Known::Perhaps if column.not_null => Known::Some,
            known => known,
        })
    }

    fn default_of_domain(&self, of: Oid) -> Option<&Formula> {
        match &self.catalog.user_type(of).filter(|found| found.oid == of)?.kind {
            UserTypeKind::Domain(domain) => domain.default.as_ref().or_else(|| self.default_of_domain(domain.base.oid)),
            _ => None,
        }
    }

    /// Returns whether nothing else has the value of an expression.
    fn is_fresh(&self, tree: &Expression) -> bool {
        const FRESH: [&str; 8] = [
            "gen_random_uuid",
            "nextval",
            "uuidv4",
            "uuidv7",
            "uuid_generate_v1",
            "uuid_generate_v1mc",
            "uuid_generate_v4",
            "clock_timestamp",
        ];
        match &tree.node {
            Node::Call(call) => {
                let own = || self.catalog.routine(call.function).map(|routine| &*routine.name);
                let name = builtin_name(self.catalog.version(), call.function).or_else(own);
                name.is_some_and(|name| FRESH.contains(&name))
                    || call.arguments.len() == 1 && call.arguments.iter().all(|argument| self.is_fresh(&argument.value))
            }
            Node::Relabel(cast) | Node::ViaText(cast) => self.is_fresh(&cast.value),
            _ => false,
        }
    }
}

/// Returns what an UPDATE puts into the columns of a table that is changed or inherits from it, but for what stays.
fn assigned_in(table: &Relation, change: &Change, catalog: &Catalog) -> Row {
    let stays = |number: i16, tree: Option<&Expression>| match tree.map(|tree| &tree.node) {
        Some(Node::Column { relation, number: of }) => {
            *of == number && [change.number, change.target].contains(relation)
        }
        _ => false,
    };
    let target = catalog.relation(change.target);
    let number_there = |number: i16| match table.oid == change.target {
        true => Some(number),
        false => table.column(&target?.numbered(number)?.name).map(|column| column.number),
    };
    let changed = change.assigned.iter().filter(|(number, tree)| !stays(*number, tree.as_ref()));
    changed.filter_map(|(number, tree)| Some((number_there(*number)?, tree.clone()))).collect()
}
