//! `VACUUM`, `ANALYZE`

use super::syntax::{names, part, qualified};
use super::{LockMode, Play, Stop, refused, unknown};
use crate::PostgresVersion;
use crate::catalog::{Oid, Relation, RelationKind, SqlState};
use crate::sql::{ast, tree};

impl Play<'_> {
    pub(super) fn vacuum(&mut self, tree: &ast::Vacuum) -> Result<(), Stop> {
        let version = self.catalog.version();
        let (mut full, mut analyze) = (tree.full_token().is_some(), tree.analyze_token().is_some());
        let (mut parallel, mut skips_nothing, mut statistics_only) = (false, false, false);
        for option in tree.vacuum_option_list().into_iter().flat_map(|list| list.vacuum_options()) {
            let option_name = tree::text(&part(option.vacuum_option_name())?).to_ascii_lowercase();
            let value = option.vacuum_option_value().map(|it| tree::text(&it).trim_matches('\'').to_ascii_lowercase());
            let boolean = || match value.as_deref() {
                None | Some("true" | "on" | "1") => Ok(true),
                Some("false" | "off" | "0") => Ok(false),
                Some(_) => unknown("the value of an option of VACUUM"),
            };
            match option_name.as_str() {
                "full" => full = boolean()?,
                "analyze" | "analyse" => analyze = boolean()?,
                "disable_page_skipping" => skips_nothing = boolean()?,
                "index_cleanup" if value.as_deref() == Some("auto") && version >= PostgresVersion::V14 => {}
                "freeze" | "verbose" | "skip_locked" | "index_cleanup" | "truncate" => drop(boolean()?),
                "process_toast" if version >= PostgresVersion::V14 => drop(boolean()?),
                "process_main" | "skip_database_stats" if version >= PostgresVersion::V16 => drop(boolean()?),
                "only_database_stats" if version >= PostgresVersion::V16 => statistics_only = boolean()?,
                "parallel" if version >= PostgresVersion::V13 => match value.as_deref().map(str::parse::<u32>) {
                    Some(Ok(0)) => parallel = false,
                    Some(Ok(1..=1024)) => parallel = true,
                    None => return refused(SqlState::SYNTAX_ERROR, "parallel option requires a value"),
                    Some(_) => return unknown("the value of an option of VACUUM"),
                },
                "buffer_usage_limit" if version >= PostgresVersion::V16 => {
                    return unknown("how much memory VACUUM may use");
                }
                _ => {
                    let message = format!("unrecognized VACUUM option \"{option_name}\"");
                    return refused(SqlState::SYNTAX_ERROR, message);
                }
            }
        }
        if full && (parallel || skips_nothing) {
            return refused(SqlState::FEATURE_NOT_SUPPORTED, "VACUUM FULL does not go with this option");
        }
        if statistics_only {
            if tree.table_and_columns_list().is_some() {
                let message = "ONLY_DATABASE_STATS cannot be specified with a list of tables";
                return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
            }
            self.outside_transactions("VACUUM")?;
            return unknown("VACUUM of statistics only");
        }
        // The transaction comes last of what is looked at before any table is.
        self.outside_transactions("VACUUM")?;
        let tables =
            self.tables_with_columns(tree.table_and_columns_list(), analyze || tree.analyse_token().is_some())?;
        let mode = if full { LockMode::AccessExclusive } else { LockMode::ShareUpdateExclusive };
        for table in tables {
            let relation = part(self.catalog.relation(table))?;
            let is_stored = matches!(relation.kind, RelationKind::Table | RelationKind::MaterializedView(_));
            if !is_stored {
                continue;
            }
            self.lock(table, mode);
            if full {
                self.ledger.rewrite(table);
                self.ledger.scan(table);
            }
        }
        Ok(())
    }

    pub(super) fn analyze(&mut self, tree: &ast::Analyze) -> Result<(), Stop> {
        for option in tree.option_item_list().into_iter().flat_map(|list| list.option_items()) {
            let option = tree::text(&part(option.option_item_key())?).to_ascii_lowercase();
            if !["verbose", "skip_locked"].contains(&option.as_str()) {
                return unknown("an option of ANALYZE that is not known here");
            }
        }
        for table in self.tables_with_columns(tree.table_and_columns_list(), true)? {
            let relation = part(self.catalog.relation(table))?;
            if relation.is_table() || matches!(relation.kind, RelationKind::MaterializedView(_)) {
                self.lock(table, LockMode::ShareUpdateExclusive);
                for child in self.inheritors(table) {
                    self.lock(child, LockMode::AccessShare);
                }
            }
        }
        Ok(())
    }

    /// Returns the tables that are named, those that hold the rows of partitioned ones with them; all where none is.
    fn tables_with_columns(&self, list: Option<ast::TableAndColumnsList>, columns_too: bool) -> Result<Vec<Oid>, Stop> {
        let mut tables = Vec::new();
        let Some(list) = list else {
            let all = self
                .catalog
                .relations()
                .filter(|it| it.is_table() || matches!(it.kind, RelationKind::MaterializedView(_)));
            return Ok(all.map(|relation| relation.oid).collect());
        };
        for named in list.table_and_columnss() {
            let columns = match named.column_ref_list() {
                Some(columns) => names(columns.column_name_refs())?,
                None => Vec::new(),
            };
            if !columns.is_empty() && !columns_too {
                let message = "ANALYZE option must be specified when a column list is provided";
                return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
            }
            let written = part(named.table_relation_name())?;
            let table = self.relation_found(&qualified(written.table_name_ref())?)?;
            let relation = part(self.catalog.relation(table))?;
            if relation.is_table() {
                columns_once(relation, &columns)?;
            }
            tables.push(table);
            let since_18 = self.catalog.version() >= PostgresVersion::V18;
            if (relation.is_partitioned() || since_18) && written.only_token().is_none() {
                tables.extend(self.inheritors(table));
            }
        }
        Ok(tables)
    }
}

/// Refuses columns that are not there, or are named twice.
fn columns_once(relation: &Relation, columns: &[String]) -> Result<(), Stop> {
    for (at, column) in columns.iter().enumerate() {
        if relation.column(column).is_none() {
            let message = format!("column \"{column}\" of relation \"{}\" does not exist", relation.name);
            return refused(SqlState::UNDEFINED_COLUMN, message);
        }
        if columns.iter().take(at).any(|other| other == column) {
            let message = format!("column \"{column}\" of relation \"{}\" appears more than once", relation.name);
            return refused(SqlState::DUPLICATE_COLUMN, message);
        }
    }
    Ok(())
}
