//! The server's own catalogs as rows, as far as conditions of migrations ask for them: what the database itself holds.

use super::super::{Play, Stop, unknown};
use crate::catalog::{ConstraintKind, Key, Oid, Relation, RelationKind, UserTypeKind};

/// What stands in a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    Null,
    Text(String),
    Oid(Oid),
    Bool(bool),
}

impl Cell {
    /// Returns whether two values are equal; none where one is null.
    pub(super) fn equals(&self, other: &Self) -> Result<Option<bool>, Stop> {
        match (self, other) {
            (Self::Null, _) | (_, Self::Null) => Ok(None),
            (Self::Text(one), Self::Text(other)) => Ok(Some(one == other)),
            (Self::Oid(one), Self::Oid(other)) => Ok(Some(one == other)),
            (Self::Bool(one), Self::Bool(other)) => Ok(Some(one == other)),
            _ => unknown("a comparison of such values"),
        }
    }
}

/// Returns whether Postgres itself has something of that name, or may have.
pub(super) fn is_of_postgres(name: &str) -> bool {
    name.starts_with("pg_")
        || name.starts_with('_')
        || name.starts_with("RI_ConstraintTrigger")
        || name.ends_with("_not_null")
        || INFORMATION_SCHEMA.contains(&name)
}

/// Names of relations, types and schemas that every database has, beside those that begin with `pg_`.
const INFORMATION_SCHEMA: [&str; 70] = [
    "information_schema",
    "administrable_role_authorizations",
    "applicable_roles",
    "attributes",
    "cardinal_number",
    "character_data",
    "character_sets",
    "check_constraint_routine_usage",
    "check_constraints",
    "collation_character_set_applicability",
    "collations",
    "column_column_usage",
    "column_domain_usage",
    "column_options",
    "column_privileges",
    "column_udt_usage",
    "columns",
    "constraint_column_usage",
    "constraint_table_usage",
    "data_type_privileges",
    "domain_constraints",
    "domain_udt_usage",
    "domains",
    "element_types",
    "enabled_roles",
    "foreign_data_wrapper_options",
    "foreign_data_wrappers",
    "foreign_server_options",
    "foreign_servers",
    "foreign_table_options",
    "foreign_tables",
    "information_schema_catalog_name",
    "key_column_usage",
    "parameters",
    "referential_constraints",
    "role_column_grants",
    "role_routine_grants",
    "role_table_grants",
    "role_udt_grants",
    "role_usage_grants",
    "routine_column_usage",
    "routine_privileges",
    "routine_routine_usage",
    "routine_sequence_usage",
    "routine_table_usage",
    "routines",
    "schemata",
    "sequences",
    "sql_features",
    "sql_identifier",
    "sql_implementation_info",
    "sql_parts",
    "sql_sizing",
    "table_constraints",
    "table_privileges",
    "tables",
    "time_stamp",
    "transforms",
    "triggered_update_columns",
    "triggers",
    "udt_privileges",
    "usage_privileges",
    "user_defined_types",
    "user_mapping_options",
    "user_mappings",
    "view_column_usage",
    "view_routine_usage",
    "view_table_usage",
    "views",
    "yes_or_no",
];

/// A catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Classes,
    Types,
    Labels,
    Attributes,
    Constraints,
    Namespaces,
    Extensions,
    Triggers,
    Indexes,
    Tables,
    Views,
    SchemaTables,
    SchemaColumns,
    SchemaConstraints,
    Schemata,
}

/// Name, columns, and those by which an object of the database is told from one of Postgres.
type Described = (Kind, &'static str, &'static [&'static str], &'static [&'static str]);

const OF_CATALOG: [Described; 11] = [
    (Kind::Classes, "pg_class", &["oid", "relname", "relkind", "relnamespace"], &["oid", "relname"]),
    (Kind::Types, "pg_type", &["oid", "typname", "typtype", "typnamespace"], &["oid", "typname"]),
    (Kind::Labels, "pg_enum", &["enumtypid", "enumlabel"], &["enumtypid", "enumlabel"]),
    (Kind::Attributes, "pg_attribute", &["attrelid", "attname", "attisdropped"], &["attrelid"]),
    (Kind::Constraints, "pg_constraint", &["oid", "conname", "conrelid", "contype"], &["oid", "conname", "conrelid"]),
    (Kind::Namespaces, "pg_namespace", &["oid", "nspname"], &["oid", "nspname"]),
    (Kind::Extensions, "pg_extension", &["oid", "extname"], &["oid", "extname"]),
    (Kind::Triggers, "pg_trigger", &["oid", "tgname", "tgrelid", "tgisinternal"], &["oid", "tgname"]),
    (Kind::Indexes, "pg_indexes", &["schemaname", "tablename", "indexname"], &["tablename", "indexname"]),
    (Kind::Tables, "pg_tables", &["schemaname", "tablename"], &["tablename"]),
    (Kind::Views, "pg_views", &["schemaname", "viewname"], &["viewname"]),
];

const OF_INFORMATION_SCHEMA: [Described; 4] = [
    (Kind::SchemaTables, "tables", &["table_schema", "table_name", "table_type"], &["table_name"]),
    (Kind::SchemaColumns, "columns", &["table_schema", "table_name", "column_name"], &["table_name"]),
    (
        Kind::SchemaConstraints,
        "table_constraints",
        &["table_schema", "table_name", "constraint_name", "constraint_schema", "constraint_type"],
        &["table_name", "constraint_name"],
    ),
    (Kind::Schemata, "schemata", &["schema_name"], &["schema_name"]),
];

impl Kind {
    /// Returns the catalog of a name.
    pub(super) fn named(schema: Option<&str>, name: &str) -> Option<Self> {
        let all: &[Described] = match schema {
            None | Some("pg_catalog") => &OF_CATALOG,
            Some("information_schema") => &OF_INFORMATION_SCHEMA,
            Some(_) => &[],
        };
        all.iter().find(|(_, known, ..)| *known == name).map(|(kind, ..)| *kind)
    }

    fn described(self) -> Option<&'static Described> {
        OF_CATALOG.iter().chain(&OF_INFORMATION_SCHEMA).find(|(kind, ..)| *kind == self)
    }

    /// Returns the columns that are kept here.
    pub(super) fn columns(self) -> &'static [&'static str] {
        self.described().map_or(&[], |(_, _, columns, _)| columns)
    }

    /// Returns whether a name is that of a column which is kept here.
    pub(super) fn is_column(name: &str) -> bool {
        OF_CATALOG.iter().chain(&OF_INFORMATION_SCHEMA).any(|(_, _, columns, _)| columns.contains(&name))
    }

    /// Returns the columns that tell what the database holds from what Postgres has, when they are compared.
    pub(super) fn anchors(self) -> &'static [&'static str] {
        self.described().map_or(&[], |(.., anchors)| anchors)
    }
}

impl Play<'_> {
    /// Returns the rows of a catalog that are of the database's own, in any order.
    pub(super) fn rows_of(&self, kind: Kind) -> Vec<Vec<(&'static str, Cell)>> {
        let text = |text: &str| Cell::Text(text.to_owned());
        let schema = |oid| text(self.catalog.schema_name(oid));
        let relation = |oid| self.catalog.relation(oid);
        match kind {
            Kind::Classes => self
                .catalog
                .relations()
                .map(|it| {
                    vec![
                        ("oid", Cell::Oid(it.oid)),
                        ("relname", text(&it.name)),
                        ("relkind", text(self.relkind(&it.kind))),
                        ("relnamespace", Cell::Oid(it.schema)),
                    ]
                })
                .collect(),
            Kind::Types => self
                .catalog
                .user_types()
                .map(|it| {
                    let kind = match it.kind {
                        UserTypeKind::Enum(_) => "e",
                        UserTypeKind::Domain(_) => "d",
                        UserTypeKind::Row(_) => "c",
                        UserTypeKind::Range(_) => "r",
                        UserTypeKind::Multirange(_) => "m",
                        UserTypeKind::Base => "b",
                    };
                    vec![
                        ("oid", Cell::Oid(it.oid)),
                        ("typname", text(&it.name)),
                        ("typtype", text(kind)),
                        ("typnamespace", Cell::Oid(it.schema)),
                    ]
                })
                .collect(),
            Kind::Labels => self
                .catalog
                .user_types()
                .flat_map(|it| {
                    let labels = if let UserTypeKind::Enum(labels) = &it.kind { labels.as_slice() } else { &[] };
                    labels.iter().map(|label| vec![("enumtypid", Cell::Oid(it.oid)), ("enumlabel", text(label))])
                })
                .collect(),
            Kind::Attributes => self
                .catalog
                .relations()
                .flat_map(|it| {
                    it.live().map(|column| {
                        vec![
                            ("attrelid", Cell::Oid(it.oid)),
                            ("attname", text(&column.name)),
                            ("attisdropped", Cell::Bool(false)),
                        ]
                    })
                })
                .collect(),
            Kind::Constraints => self
                .catalog
                .constraints()
                .map(|it| {
                    vec![
                        ("oid", Cell::Oid(it.oid)),
                        ("conname", text(&it.name)),
                        ("conrelid", Cell::Oid(if relation(it.on).is_some() { it.on } else { Oid(0) })),
                        ("contype", text(contype(&it.kind).0)),
                    ]
                })
                .collect(),
            Kind::Namespaces => self
                .catalog
                .schemas()
                .into_iter()
                .map(|(oid, name)| vec![("oid", Cell::Oid(oid)), ("nspname", text(name))])
                .collect(),
            Kind::Schemata => {
                self.catalog.schemas().into_iter().map(|(_, name)| vec![("schema_name", text(name))]).collect()
            }
            Kind::Extensions => {
                let own = self.catalog.extensions().map(|it| (it.oid, it.name.to_string()));
                // Every database has this one; its number is of no use.
                let all = own.chain([(Oid(0), "plpgsql".to_owned())]);
                all.map(|(oid, name)| vec![("oid", Cell::Oid(oid)), ("extname", Cell::Text(name))]).collect()
            }
            Kind::Triggers => self
                .catalog
                .relations()
                .flat_map(|of| self.catalog.triggers_of(of.oid))
                .map(|it| {
                    vec![
                        ("oid", Cell::Oid(it.oid)),
                        ("tgname", text(&it.name)),
                        ("tgrelid", Cell::Oid(it.on)),
                        ("tgisinternal", Cell::Bool(false)),
                    ]
                })
                .collect(),
            Kind::Indexes => self
                .catalog
                .relations()
                .filter_map(|it| {
                    let on = relation(it.as_index()?.on)?;
                    Some(vec![
                        ("schemaname", schema(on.schema)),
                        ("tablename", text(&on.name)),
                        ("indexname", text(&it.name)),
                    ])
                })
                .collect(),
            Kind::Tables => self
                .catalog
                .relations()
                .filter(|it| matches!(it.kind, RelationKind::Table | RelationKind::Partitioned(_)))
                .map(|it| vec![("schemaname", schema(it.schema)), ("tablename", text(&it.name))])
                .collect(),
            Kind::Views => self
                .catalog
                .relations()
                .filter(|it| matches!(it.kind, RelationKind::View(_)))
                .map(|it| vec![("schemaname", schema(it.schema)), ("viewname", text(&it.name))])
                .collect(),
            Kind::SchemaTables => self
                .catalog
                .relations()
                .filter_map(|it| {
                    let kind = match it.kind {
                        _ if self.catalog.is_temporary(it.oid) => "LOCAL TEMPORARY",
                        RelationKind::Table | RelationKind::Partitioned(_) => "BASE TABLE",
                        RelationKind::View(_) => "VIEW",
                        _ => return None,
                    };
                    Some(vec![
                        ("table_schema", schema(it.schema)),
                        ("table_name", text(&it.name)),
                        ("table_type", text(kind)),
                    ])
                })
                .collect(),
            Kind::SchemaColumns => self
                .catalog
                .relations()
                .filter(|it| {
                    matches!(it.kind, RelationKind::Table | RelationKind::Partitioned(_) | RelationKind::View(_))
                })
                .flat_map(|it| {
                    it.live().map(move |column| {
                        vec![
                            ("table_schema", schema(it.schema)),
                            ("table_name", text(&it.name)),
                            ("column_name", text(&column.name)),
                        ]
                    })
                })
                .collect(),
            Kind::SchemaConstraints => self
                .catalog
                .constraints()
                .filter_map(|it| {
                    let on = relation(it.on)?;
                    let kind = contype(&it.kind).1?;
                    Some(vec![
                        ("table_schema", schema(on.schema)),
                        ("table_name", text(&on.name)),
                        ("constraint_name", text(&it.name)),
                        ("constraint_schema", schema(on.schema)),
                        ("constraint_type", text(kind)),
                    ])
                })
                .collect(),
        }
    }

    fn relkind(&self, kind: &RelationKind) -> &'static str {
        match kind {
            RelationKind::Table => "r",
            RelationKind::Partitioned(_) => "p",
            RelationKind::View(_) => "v",
            RelationKind::MaterializedView(_) => "m",
            RelationKind::Index(index) => {
                let is_whole = self.catalog.relation(index.on).is_some_and(Relation::is_partitioned);
                if is_whole { "I" } else { "i" }
            }
            RelationKind::Sequence(_) => "S",
            RelationKind::Composite => "c",
        }
    }
}

/// Returns the letter of `pg_constraint`, and the words of the information schema.
fn contype(kind: &ConstraintKind) -> (&'static str, Option<&'static str>) {
    match kind {
        ConstraintKind::Key { key: Key::Primary, .. } => ("p", Some("PRIMARY KEY")),
        ConstraintKind::Key { key: Key::Exclude(_), .. } => ("x", None),
        ConstraintKind::Key { .. } => ("u", Some("UNIQUE")),
        ConstraintKind::Foreign { .. } => ("f", Some("FOREIGN KEY")),
        ConstraintKind::Check(_) => ("c", Some("CHECK")),
        ConstraintKind::Trigger(_) => ("t", None),
        ConstraintKind::NotNull(_) => ("n", Some("CHECK")),
    }
}
