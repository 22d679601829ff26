//! The key words of Postgres, 12 up to what 19 is about to add, by whether they need quotes as a name.

use crate::PostgresVersion;

/// Returns whether a lower-case word is a key word that cannot be every kind of name without quotes: reserved, or
/// reserved for types, functions or columns.
pub(super) fn is_reserved(word: &str) -> bool {
    RESERVED.binary_search(&word).is_ok()
}

/// Returns whether a lower-case word is no name of a column or of anything else without quotes, in every version.
pub(super) fn is_no_name(word: &str) -> bool {
    is_reserved(word)
        && OF_COLUMNS.binary_search(&word).is_err()
        && !RESERVED_SINCE.iter().any(|(_, words)| words.contains(&word))
}

/// Returns whether a lower-case word is no name of a function without quotes and without its schema, in every version.
pub(super) fn is_no_function(word: &str) -> bool {
    is_reserved(word)
        && OF_FUNCTIONS.binary_search(&word).is_err()
        && !RESERVED_SINCE.iter().any(|(_, words)| words.contains(&word))
}

/// Returns what [`is_reserved`] does for a server of a version.
pub(crate) fn is_reserved_in(version: PostgresVersion, word: &str) -> bool {
    is_reserved(word)
        && match RESERVED_SINCE.iter().find(|(_, words)| words.contains(&word)) {
            Some((since, _)) => since.is_some_and(|since| version >= since),
            None => true,
        }
}

/// Returns whether a lower-case word is a key word that any name may be.
pub(super) fn is_unreserved(word: &str) -> bool {
    UNRESERVED.binary_search(&word).is_ok()
}

/// Returns whether a word is one of the language.
pub fn is_keyword(word: &str) -> bool {
    is_reserved(word) || is_unreserved(word)
}

/// The words of [`RESERVED`] that were not always, with the first version in which they are.
const RESERVED_SINCE: &[(Option<PostgresVersion>, &[&str])] = &[
    (Some(PostgresVersion::V13), &["normalize"]),
    (Some(PostgresVersion::V16), &["json_array", "json_arrayagg", "json_object", "json_objectagg", "system_user"]),
    (
        Some(PostgresVersion::V17),
        &[
            "json",
            "json_exists",
            "json_query",
            "json_scalar",
            "json_serialize",
            "json_table",
            "json_value",
            "merge_action",
        ],
    ),
    (None, &["graph_table"]),
];

#[rustfmt::skip]
const RESERVED: &[&str] = &[
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization", "between",
    "bigint", "binary", "bit", "boolean", "both", "case", "cast", "char", "character", "check", "coalesce",
    "collate", "collation", "column", "concurrently", "constraint", "create", "cross", "current_catalog",
    "current_date", "current_role", "current_schema", "current_time", "current_timestamp", "current_user", "dec",
    "decimal", "default", "deferrable", "desc", "distinct", "do", "else", "end", "except", "exists", "extract",
    "false", "fetch", "float", "for", "foreign", "freeze", "from", "full", "grant", "graph_table", "greatest",
    "group", "grouping", "having", "ilike", "in", "initially", "inner", "inout", "int", "integer", "intersect",
    "interval", "into", "is", "isnull", "join", "json", "json_array", "json_arrayagg", "json_exists",
    "json_object", "json_objectagg", "json_query", "json_scalar", "json_serialize", "json_table", "json_value",
    "lateral", "leading", "least", "left", "like", "limit", "localtime", "localtimestamp", "merge_action",
    "national", "natural", "nchar", "none", "normalize", "not", "notnull", "null", "nullif", "numeric", "offset",
    "on", "only", "or", "order", "out", "outer", "overlaps", "overlay", "placing", "position", "precision",
    "primary", "real", "references", "returning", "right", "row", "select", "session_user", "setof", "similar",
    "smallint", "some", "substring", "symmetric", "system_user", "table", "tablesample", "then", "time",
    "timestamp", "to", "trailing", "treat", "trim", "true", "union", "unique", "user", "using", "values",
    "varchar", "variadic", "verbose", "when", "where", "window", "with", "xmlattributes", "xmlconcat",
    "xmlelement", "xmlexists", "xmlforest", "xmlnamespaces", "xmlparse", "xmlpi", "xmlroot", "xmlserialize",
    "xmltable",
];

/// The words of [`RESERVED`] that are names of columns and most else without quotes, though not of functions or types.
#[rustfmt::skip]
const OF_COLUMNS: &[&str] = &[
    "between", "bigint", "bit", "boolean", "char", "character", "coalesce", "dec", "decimal", "exists", "extract",
    "float", "graph_table", "greatest", "grouping", "inout", "int", "integer", "interval", "json", "json_array",
    "json_arrayagg", "json_exists", "json_object", "json_objectagg", "json_query", "json_scalar", "json_serialize",
    "json_table", "json_value", "least", "merge_action", "national", "nchar", "none", "normalize", "nullif",
    "numeric", "out", "overlay", "position", "precision", "real", "row", "setof", "smallint", "substring", "time",
    "timestamp", "treat", "trim", "values", "varchar", "xmlattributes", "xmlconcat", "xmlelement", "xmlexists",
    "xmlforest", "xmlnamespaces", "xmlparse", "xmlpi", "xmlroot", "xmlserialize", "xmltable",
];

#[rustfmt::skip]
const UNRESERVED: &[&str] = &[
    "abort", "absent", "absolute", "access", "action", "add", "admin", "after", "aggregate", "also", "alter",
    "always", "asensitive", "assertion", "assignment", "at", "atomic", "attach", "attribute", "backward", "before",
    "begin", "breadth", "by", "cache", "call", "called", "cascade", "cascaded", "catalog", "chain",
    "characteristics", "checkpoint", "class", "close", "cluster", "columns", "comment", "comments", "commit",
    "committed", "compression", "conditional", "configuration", "conflict", "connection", "constraints", "content",
    "continue", "conversion", "copy", "cost", "csv", "cube", "current", "cursor", "cycle", "data", "database",
    "day", "deallocate", "declare", "defaults", "deferred", "definer", "delete", "delimiter", "delimiters",
    "depends", "depth", "destination", "detach", "dictionary", "disable", "discard", "document", "domain",
    "double", "drop", "each", "edge", "empty", "enable", "encoding", "encrypted", "enforced", "enum", "error",
    "escape", "event", "exclude", "excluding", "exclusive", "execute", "explain", "expression", "extension",
    "external", "family", "filter", "finalize", "first", "following", "force", "format", "forward", "function",
    "functions", "generated", "global", "granted", "graph", "groups", "handler", "header", "hold", "hour",
    "identity", "if", "ignore", "immediate", "immutable", "implicit", "import", "include", "including",
    "increment", "indent", "index", "indexes", "inherit", "inherits", "inline", "input", "insensitive", "insert",
    "instead", "invoker", "isolation", "keep", "key", "keys", "label", "language", "large", "last", "leakproof",
    "level", "listen", "load", "local", "location", "lock", "locked", "logged", "lsn", "mapping", "match",
    "matched", "materialized", "maxvalue", "merge", "method", "minute", "minvalue", "mode", "month", "move",
    "name", "names", "nested", "new", "next", "nfc", "nfd", "nfkc", "nfkd", "no", "node", "normalized", "nothing",
    "notify", "nowait", "nulls", "object", "objects", "of", "off", "oids", "old", "omit", "operator", "option",
    "options", "ordinality", "others", "over", "overriding", "owned", "owner", "parallel", "parameter", "parser",
    "partial", "partition", "partitions", "passing", "password", "path", "period", "plan", "plans", "policy",
    "portion", "preceding", "prepare", "prepared", "preserve", "prior", "privileges", "procedural", "procedure",
    "procedures", "program", "properties", "property", "publication", "quote", "quotes", "range", "read",
    "reassign", "recheck", "recursive", "ref", "referencing", "refresh", "reindex", "relationship", "relative",
    "release", "rename", "repack", "repeatable", "replace", "replica", "reset", "respect", "restart", "restrict",
    "return", "returns", "revoke", "role", "rollback", "rollup", "routine", "routines", "rows", "rule",
    "savepoint", "scalar", "schema", "schemas", "scroll", "search", "second", "security", "sequence", "sequences",
    "serializable", "server", "session", "set", "sets", "share", "show", "simple", "skip", "snapshot", "source",
    "split", "sql", "stable", "standalone", "start", "statement", "statistics", "stdin", "stdout", "storage",
    "stored", "strict", "string", "strip", "subscription", "support", "sysid", "system", "tables", "tablespace",
    "target", "temp", "template", "temporary", "text", "ties", "transaction", "transform", "trigger", "truncate",
    "trusted", "type", "types", "uescape", "unbounded", "uncommitted", "unconditional", "unencrypted", "unknown",
    "unlisten", "unlogged", "until", "update", "vacuum", "valid", "validate", "validator", "value", "varying",
    "version", "vertex", "view", "views", "virtual", "volatile", "wait", "whitespace", "within", "without", "work",
    "wrapper", "write", "xml", "year", "yes", "zone",
];

/// The words of [`RESERVED`] that are names of functions and types without quotes, though not of most else.
pub(super) const OF_FUNCTIONS: &[&str] = &[
    "authorization",
    "binary",
    "collation",
    "concurrently",
    "cross",
    "current_schema",
    "freeze",
    "full",
    "ilike",
    "inner",
    "is",
    "isnull",
    "join",
    "left",
    "like",
    "natural",
    "notnull",
    "outer",
    "overlaps",
    "right",
    "similar",
    "tablesample",
    "verbose",
];

#[cfg(test)]
mod tests {
    use super::{RESERVED, UNRESERVED};

    #[test]
    fn the_lists_are_sorted_and_share_no_word() {
        assert!(RESERVED.is_sorted() && UNRESERVED.is_sorted());
        assert!(RESERVED.iter().all(|word| UNRESERVED.binary_search(word).is_err()));
    }
}
