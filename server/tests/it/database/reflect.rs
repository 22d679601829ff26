//! What a database holds, as the document says it.

use std::sync::Arc;

use limbeck::database::{Database, DatabaseError, Embedded, Target, VersionTable};
use limbeck_core::document::Direction;
use limbeck_core::document::schema::{Schema, Table, TableKind};
use serde::Serialize;

use super::example::{example, go};
use super::lab::{options, target};
use crate::cluster::{Cluster, PASSWORD, TestDatabase};

const EVERYTHING: &str = include_str!("everything.sql");

fn everything() -> TestDatabase {
    let database = Cluster::shared().database();
    database.execute(EVERYTHING);
    database
}

async fn reflect_from(target: &Target, table: &VersionTable) -> Result<Schema, DatabaseError> {
    Database::connect(target, "test").await.expect("it serves").reflect(table).await
}

async fn reflect(database: &TestDatabase) -> Schema {
    reflect_from(&target(&database.url()), &options().version_table).await.unwrap_or_else(|error| panic!("{error}"))
}

fn names(tables: &[Table]) -> Vec<&str> {
    tables.iter().map(|table| table.name.as_str()).collect()
}

/// Returns the document with one object a line, and those of a table below it.
fn lines(schema: &Schema) -> String {
    let mut text = String::new();
    list(&mut text, "schema", &schema.schemas);
    list(&mut text, "extension", &schema.extensions);
    for table in &schema.tables {
        // What has a line of its own.
        let bare = Table {
            columns: Vec::new(),
            primary_key: None,
            unique: Vec::new(),
            foreign_keys: Vec::new(),
            checks: Vec::new(),
            exclusions: Vec::new(),
            indexes: Vec::new(),
            triggers: Vec::new(),
            policies: Vec::new(),
            rules: Vec::new(),
            statistics: Vec::new(),
            ..table.clone()
        };
        let mut line = serde_json::to_string(&bare).expect("it is JSON");
        for name in ["columns", "unique", "foreign_keys", "checks", "exclusions", "indexes", "triggers", "policies"] {
            line = line.replace(&format!(",\"{name}\":[]"), "");
        }
        text.push_str(&format!(
            "table {}\n",
            line.replace(",\"primary_key\":null", "").replace(",\"comment\":null", "")
        ));
        list(&mut text, "  column", &table.columns);
        list(&mut text, "  primary key", table.primary_key.as_slice());
        list(&mut text, "  unique", &table.unique);
        list(&mut text, "  foreign key", &table.foreign_keys);
        list(&mut text, "  check", &table.checks);
        list(&mut text, "  exclusion", &table.exclusions);
        list(&mut text, "  index", &table.indexes);
        list(&mut text, "  trigger", &table.triggers);
        list(&mut text, "  policy", &table.policies);
        list(&mut text, "  rule", &table.rules);
        list(&mut text, "  statistics", &table.statistics);
    }
    list(&mut text, "enum", &schema.enums);
    list(&mut text, "domain", &schema.domains);
    list(&mut text, "composite", &schema.composites);
    list(&mut text, "range", &schema.ranges);
    list(&mut text, "collation", &schema.collations);
    list(&mut text, "sequence", &schema.sequences);
    list(&mut text, "function", &schema.functions);
    text
}

fn list<T: Serialize>(text: &mut String, kind: &str, objects: &[T]) {
    for object in objects {
        text.push_str(&format!("{kind} {}\n", serde_json::to_string(object).expect("it is JSON")));
    }
}

#[tokio::test]
async fn every_kind_of_object_with_awkward_names() {
    let schema = reflect(&everything()).await;
    assert_eq!(schema.format, 1);
    insta::assert_snapshot!(lines(&schema), @r#"
    schema {"name":"\"Lager \"\"1\"\"\""}
    schema {"name":"public","comment":"the shop"}
    extension {"name":"citext","schema":"public"}
    table {"name":"\"Lager \"\"1\"\"\".\"Größe\"","kind":"table","replica_identity":"full","with":["fillfactor=70"]}
      column {"name":"\"select\"","type":"integer","nullable":false,"default":"nextval('\"Lager \"\"1\"\"\".\"Größe_select_seq\"'::regclass)","identity":null,"generated":null}
      column {"name":"\"ID\"","type":"smallint","nullable":false,"default":null,"identity":"by default","generated":null}
      column {"name":"\"a b\"","type":"integer[]","nullable":true,"default":"ARRAY[1, 2]","identity":null,"generated":null,"storage":"external"}
      column {"name":"double","type":"integer","nullable":true,"default":null,"identity":null,"generated":{"expression":"(\"ID\" * 2)","kind":"stored"}}
      column {"name":"customer","type":"bigint","nullable":true,"default":null,"identity":null,"generated":null}
      column {"name":"day","type":"date","nullable":true,"default":"CURRENT_DATE","identity":null,"generated":null,"statistics_target":500,"options":["n_distinct=10"]}
      column {"name":"at","type":"timestamp with time zone","nullable":true,"default":"'2020-02-29 12:00:00+00'::timestamp with time zone","identity":null,"generated":null}
      column {"name":"during","type":"tstzrange","nullable":true,"default":null,"identity":null,"generated":null}
      column {"name":"price","type":"price","nullable":true,"default":null,"identity":null,"generated":null}
      primary key {"name":"\"Größe_pkey\"","columns":["\"ID\"","\"select\""],"include":["\"a b\""]}
      unique {"name":"\"sehr eindeutig\"","columns":["day","at"],"deferrable":"deferred"}
      foreign key {"name":"of","columns":["customer"],"references":"public.customer","referenced_columns":["id"],"on_delete":"set null","on_update":"cascade","validated":false,"deferrable":"immediate"}
      check {"name":"\"Größe_day_check\"","expression":"(day > '2000-01-01'::date)","validated":false}
      exclusion {"name":"no_overlap","definition":"EXCLUDE USING gist (during WITH &&) WHERE ((customer > 0))"}
      index {"name":"\"Größe_a b_idx\"","unique":false,"method":"gin","keys":["\"a b\""],"include":[],"where":null,"valid":true}
      index {"name":"\"i,(\"","unique":true,"method":"btree","keys":["((array_length(\"a b\", 1) + 1)) DESC NULLS LAST","day"],"include":["price"],"where":"(customer IS NOT NULL)","valid":true,"with":["fillfactor=80"],"comment":"awkward"}
      rule {"name":"quiet","definition":"CREATE RULE quiet AS\n    ON DELETE TO \"Lager \"\"1\"\"\".\"Größe\"\n   WHERE (old.\"ID\" < 0) DO INSTEAD NOTHING;"}
      statistics {"name":"public.together","definition":"CREATE STATISTICS public.together (dependencies) ON day, at FROM \"Lager \"\"1\"\"\".\"Größe\""}
    table {"name":"public.base","kind":"table","unlogged":true}
      column {"name":"a","type":"integer","nullable":true,"default":null,"identity":null,"generated":null}
      column {"name":"b","type":"text","nullable":true,"default":null,"identity":null,"generated":null}
      check {"name":"base_a_check","expression":"(a > 0)","validated":true}
    table {"name":"public.child","kind":"table","inherits":["public.base"]}
      column {"name":"a","type":"integer","nullable":true,"default":null,"identity":null,"generated":null,"inherited":true}
      column {"name":"b","type":"text","nullable":true,"default":null,"identity":null,"generated":null,"inherited":true}
      column {"name":"c","type":"integer","nullable":true,"default":null,"identity":null,"generated":null}
      check {"name":"base_a_check","expression":"(a > 0)","validated":true,"inherited":true}
    table {"name":"public.customer","kind":"table","comment":"people who buy\nand come back","row_security":true,"force_row_security":true}
      column {"name":"id","type":"bigint","nullable":false,"default":null,"identity":"always","generated":null}
      column {"name":"email","type":"citext","nullable":false,"default":null,"identity":null,"generated":null,"comment":"where they are reached"}
      column {"name":"name","type":"character varying(20)","nullable":true,"default":"'n/a'::character varying","identity":null,"generated":null,"collation":"\"C\""}
      column {"name":"mood","type":"mood","nullable":true,"default":"'sad'::mood","identity":null,"generated":null}
      primary key {"name":"customer_pkey","columns":["id"]}
      unique {"name":"customer_email_key","columns":["email"]}
      check {"name":"named","expression":"((name)::text <> ''::text)","validated":true,"no_inherit":true,"comment":"no empty names"}
      trigger {"name":"\"Touch it\"","definition":"CREATE TRIGGER \"Touch it\" BEFORE UPDATE OF name ON public.customer FOR EACH ROW WHEN (((old.name)::text IS DISTINCT FROM (new.name)::text)) EXECUTE FUNCTION touch()","enabled":"disabled"}
      trigger {"name":"later","definition":"CREATE CONSTRAINT TRIGGER later AFTER INSERT ON public.customer DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION touch()"}
      policy {"name":"\"all see\"","command":"all","permissive":true,"roles":["public"],"using":"true","check":null}
      policy {"name":"own","command":"update","permissive":false,"roles":["pg_monitor","postgres"],"using":"((name)::text = CURRENT_USER)","check":"true"}
    table {"name":"public.event","kind":"partitioned","partition_by":"RANGE (day)"}
      column {"name":"id","type":"bigint","nullable":false,"default":null,"identity":null,"generated":null}
      column {"name":"day","type":"date","nullable":false,"default":null,"identity":null,"generated":null}
      column {"name":"kind","type":"text","nullable":true,"default":null,"identity":null,"generated":null}
      primary key {"name":"event_pkey","columns":["id","day"]}
      index {"name":"event_half","unique":false,"method":"btree","keys":["day"],"include":[],"where":null,"valid":false}
      index {"name":"event_kind","unique":false,"method":"btree","keys":["lower(kind) COLLATE \"C\" text_pattern_ops"],"include":[],"where":null,"valid":true}
      trigger {"name":"of_event","definition":"CREATE TRIGGER of_event AFTER INSERT ON public.event FOR EACH ROW EXECUTE FUNCTION touch()"}
    table {"name":"public.event_2020","kind":"partition","partition_by":"HASH (id)","partition_of":"public.event","partition_bound":"FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')"}
      column {"name":"id","type":"bigint","nullable":false,"default":null,"identity":null,"generated":null,"inherited":true}
      column {"name":"day","type":"date","nullable":false,"default":null,"identity":null,"generated":null,"inherited":true}
      column {"name":"kind","type":"text","nullable":true,"default":null,"identity":null,"generated":null,"inherited":true}
      primary key {"name":"event_2020_pkey","columns":["id","day"],"inherited":true}
      index {"name":"event_2020_lower_idx","unique":false,"method":"btree","keys":["lower(kind) COLLATE \"C\" text_pattern_ops"],"include":[],"where":null,"valid":true,"partition_of":"public.event_kind"}
      trigger {"name":"of_event","definition":"CREATE TRIGGER of_event AFTER INSERT ON public.event_2020 FOR EACH ROW EXECUTE FUNCTION touch()","inherited":true}
    table {"name":"public.event_2020_a","kind":"partition","partition_of":"public.event_2020","partition_bound":"FOR VALUES WITH (modulus 1, remainder 0)"}
      column {"name":"id","type":"bigint","nullable":false,"default":null,"identity":null,"generated":null,"inherited":true}
      column {"name":"day","type":"date","nullable":false,"default":null,"identity":null,"generated":null,"inherited":true}
      column {"name":"kind","type":"text","nullable":true,"default":null,"identity":null,"generated":null,"inherited":true}
      primary key {"name":"event_2020_a_pkey","columns":["id","day"],"inherited":true}
      index {"name":"event_2020_a_lower_idx","unique":false,"method":"btree","keys":["lower(kind) COLLATE \"C\" text_pattern_ops"],"include":[],"where":null,"valid":true,"partition_of":"public.event_2020_lower_idx"}
      trigger {"name":"of_event","definition":"CREATE TRIGGER of_event AFTER INSERT ON public.event_2020_a FOR EACH ROW EXECUTE FUNCTION touch()","inherited":true}
    table {"name":"public.event_rest","kind":"partition","partition_of":"public.event","partition_bound":"DEFAULT"}
      column {"name":"id","type":"bigint","nullable":false,"default":null,"identity":null,"generated":null,"inherited":true}
      column {"name":"day","type":"date","nullable":false,"default":null,"identity":null,"generated":null,"inherited":true}
      column {"name":"kind","type":"text","nullable":true,"default":null,"identity":null,"generated":null,"inherited":true}
      primary key {"name":"event_rest_pkey","columns":["id","day"],"inherited":true}
      index {"name":"event_rest_lower_idx","unique":false,"method":"btree","keys":["lower(kind) COLLATE \"C\" text_pattern_ops"],"include":[],"where":null,"valid":true,"partition_of":"public.event_kind"}
      trigger {"name":"of_event","definition":"CREATE TRIGGER of_event AFTER INSERT ON public.event_rest FOR EACH ROW EXECUTE FUNCTION touch()","inherited":true}
    table {"name":"public.far","kind":"foreign table","server":"elsewhere","server_options":["file=/x","format=csv"]}
      column {"name":"a","type":"integer","nullable":true,"default":null,"identity":null,"generated":null,"options":["key=true"]}
    table {"name":"public.glad","kind":"view","comment":"for the board","definition":" SELECT customer.id,\n    event.day\n   FROM (customer\n     JOIN event ON ((event.id = customer.id)))\n  WHERE (customer.mood = 'Glücklich'::mood);","with":["security_barrier=true"]}
      column {"name":"id","type":"bigint","nullable":true,"default":null,"identity":null,"generated":null}
      column {"name":"day","type":"date","nullable":true,"default":null,"identity":null,"generated":null}
    table {"name":"public.number","kind":"materialized view","definition":" SELECT count(*) AS n\n   FROM event;"}
      column {"name":"n","type":"bigint","nullable":true,"default":null,"identity":null,"generated":null}
      index {"name":"number_n","unique":true,"method":"btree","keys":["n"],"include":[],"where":null,"valid":true}
    table {"name":"public.seen","kind":"table"}
      column {"name":"event","type":"bigint","nullable":true,"default":null,"identity":null,"generated":null}
      column {"name":"day","type":"date","nullable":true,"default":null,"identity":null,"generated":null}
      foreign key {"name":"seen_event_day_fkey","columns":["event","day"],"references":"public.event","referenced_columns":["id","day"],"on_delete":"no action","on_update":"no action","validated":true,"match_full":true}
    table {"name":"public.typed","kind":"table","of_type":"public.\"order\""}
      column {"name":"\"User\"","type":"text","nullable":true,"default":null,"identity":null,"generated":null,"collation":"\"C\""}
      column {"name":"total","type":"numeric(12,2)","nullable":false,"default":null,"identity":null,"generated":null}
      column {"name":"tags","type":"text[]","nullable":true,"default":null,"identity":null,"generated":null}
      primary key {"name":"typed_pkey","columns":["total"]}
    enum {"name":"public.mood","labels":["sad","meh","it's ok","Glücklich"],"comment":"how one feels"}
    domain {"name":"public.price","type":"numeric(10,2)","nullable":false,"default":"0","checks":[{"name":"positive","expression":"(VALUE >= (0)::numeric)","validated":true},{"name":"small","expression":"(VALUE < (1000)::numeric)","validated":false}]}
    composite {"name":"public.\"order\"","attributes":[{"name":"\"User\"","type":"text","collation":"\"C\""},{"name":"total","type":"numeric(12,2)"},{"name":"tags","type":"text[]"}]}
    range {"name":"\"Lager \"\"1\"\"\".words","subtype":"text","multirange":"\"Lager \"\"1\"\"\".words_multirange","subtype_opclass":"text_pattern_ops","collation":"\"C\""}
    range {"name":"public.money_range","subtype":"numeric","multirange":"public.money_multirange"}
    collation {"name":"\"Lager \"\"1\"\"\".bytes","provider":"libc","locale":"C","ctype":"POSIX","comment":"by bytes"}
    sequence {"name":"\"Lager \"\"1\"\"\".\"Größe_ID_seq\"","type":"smallint","start":10,"increment":5,"min":1,"max":32767,"cache":1,"cycle":false,"owned_by":"\"Lager \"\"1\"\"\".\"Größe\".\"ID\"","identity":true}
    sequence {"name":"\"Lager \"\"1\"\"\".\"Größe_select_seq\"","type":"integer","start":1,"increment":1,"min":1,"max":2147483647,"cache":1,"cycle":false,"owned_by":"\"Lager \"\"1\"\"\".\"Größe\".\"select\""}
    sequence {"name":"public.customer_id_seq","type":"bigint","start":1,"increment":1,"min":1,"max":9223372036854775807,"cache":1,"cycle":false,"owned_by":"public.customer.id","identity":true}
    sequence {"name":"public.down","type":"smallint","start":-10,"increment":-2,"min":-100,"max":-1,"cache":5,"cycle":true,"owned_by":null}
    function {"name":"public.\"do it\"","arguments":"INOUT n integer","kind":"procedure","returns":null,"language":"plpgsql","definition":"CREATE OR REPLACE PROCEDURE public.\"do it\"(INOUT n integer)\n LANGUAGE plpgsql\nAS $procedure$ BEGIN n := n + 1; END $procedure$\n"}
    function {"name":"public.add","arguments":"a integer, b integer, OUT sum integer","kind":"function","returns":"integer","language":"sql","definition":"CREATE OR REPLACE FUNCTION public.add(a integer, b integer DEFAULT 1, OUT sum integer)\n RETURNS integer\n LANGUAGE sql\n IMMUTABLE\nAS $function$SELECT a + b$function$\n","comment":"adds"}
    function {"name":"public.add","arguments":"text","kind":"function","returns":"SETOF text","language":"sql","definition":"CREATE OR REPLACE FUNCTION public.add(text)\n RETURNS SETOF text\n LANGUAGE sql\nAS $function$ SELECT $1 || '!' $function$\n"}
    function {"name":"public.product","arguments":"numeric","kind":"aggregate","returns":"numeric","language":"internal","definition":"CREATE AGGREGATE public.product(numeric) (SFUNC = numeric_mul, STYPE = numeric, INITCOND = '1')"}
    function {"name":"public.touch","arguments":"","kind":"function","returns":"trigger","language":"plpgsql","definition":"CREATE OR REPLACE FUNCTION public.touch()\n RETURNS trigger\n LANGUAGE plpgsql\nAS $function$BEGIN RETURN new; END$function$\n"}
    "#);
}

#[tokio::test]
async fn an_empty_database_holds_the_schema_public() {
    let schema = reflect(&Cluster::shared().database()).await;
    insta::assert_snapshot!(serde_json::to_string(&schema).unwrap(), @r#"{"format":1,"schemas":[{"name":"public"}],"extensions":[],"tables":[],"enums":[],"domains":[],"composites":[],"ranges":[],"sequences":[],"functions":[]}"#);
}

#[tokio::test]
async fn whoever_may_connect_sees_the_same() {
    let database = everything();
    let role = format!("only_connects_{}", database.name);
    database.execute(&format!(
        "CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'; REVOKE ALL ON DATABASE {} FROM public; \
         GRANT CONNECT ON DATABASE {0} TO {role}; REVOKE ALL ON ALL TABLES IN SCHEMA public FROM public",
        database.name
    ));
    let seen = reflect_from(&target(&database.url_as(&role, PASSWORD)), &options().version_table).await.unwrap();
    assert_eq!(seen, reflect(&database).await);
}

#[tokio::test]
async fn the_version_table_is_left_out_for_who_may_not_use_its_schema() {
    let database = Cluster::shared().database();
    let role = format!("uses_nothing_{}", database.name);
    database.execute(&format!(
        "CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'; REVOKE ALL ON SCHEMA public FROM public; \
         CREATE TABLE alembic_version (version_num varchar(32)); CREATE TABLE t (a int)"
    ));
    let schema = reflect_from(&target(&database.url_as(&role, PASSWORD)), &options().version_table).await.unwrap();
    assert_eq!(names(&schema.tables), ["public.t"]);
}

#[tokio::test]
async fn a_schema_with_the_name_of_the_role_makes_no_difference() {
    let database = Cluster::shared().database();
    database.execute("CREATE SCHEMA postgres; CREATE TYPE postgres.t AS ENUM ('a'); CREATE TABLE u (a postgres.t)");
    let schema = reflect(&database).await;
    assert_eq!(schema.tables[0].columns[0].data_type, "postgres.t");
}

#[tokio::test]
async fn settings_of_role_and_database_make_no_difference() {
    let database = everything();
    let before = reflect(&database).await;
    for setting in [
        "search_path = '\"Lager \"\"1\"\"\", pg_catalog'",
        "quote_all_identifiers = on",
        "standard_conforming_strings = off",
        "DateStyle = 'German'",
        "IntervalStyle = 'iso_8601'",
        "TimeZone = 'Asia/Tokyo'",
        "bytea_output = escape",
        "extra_float_digits = -10",
        "default_transaction_isolation = serializable",
        // Says that nothing writes, too.
        "default_transaction_read_only = on",
    ] {
        database.execute(&format!("ALTER DATABASE {} SET {setting}", database.name));
    }
    assert_eq!(reflect(&database).await, before);
}

#[tokio::test]
async fn nothing_stays_behind_in_session_or_database() {
    let database = everything();
    let log = "SELECT count(*), max(xmin::text::bigint) FROM pg_class";
    let before = database.rows(log);
    let connection = Database::connect(&target(&database.url()), "reflecting").await.unwrap();
    let first = connection.reflect(&options().version_table).await.unwrap();
    assert_eq!(
        database.rows("SELECT state, backend_xid FROM pg_stat_activity WHERE application_name = 'reflecting' AND datname = current_database()"),
        ["idle|NULL"]
    );
    assert_eq!(database.rows(log), before);
    assert_eq!(database.rows("SELECT to_regclass('alembic_version')"), ["NULL"]);
    assert_eq!(connection.reflect(&options().version_table).await.unwrap(), first);
}

#[tokio::test]
async fn the_version_table_and_the_own_schema_are_left_out() {
    let database = Cluster::shared().database();
    database.execute(
        "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); CREATE SCHEMA \"Other\"; \
         CREATE TABLE \"Other\".\"My versions\" (version_num varchar(32) PRIMARY KEY); \
         CREATE SCHEMA limbeck; CREATE TABLE limbeck.journal (id bigint); CREATE TYPE limbeck.state AS ENUM ('a'); \
         CREATE TEMPORARY TABLE temporary (a integer)",
    );
    assert!(reflect(&database).await.tables.iter().all(|table| table.name == "\"Other\".\"My versions\""));
    let other = VersionTable::new("My versions", Some("Other".to_owned()));
    let schema = reflect_from(&target(&database.url()), &other).await.unwrap();
    assert_eq!(names(&schema.tables), ["public.alembic_version"]);
    assert!(schema.enums.is_empty(), "{:?}", schema.enums);
    let schemas: Vec<_> = schema.schemas.iter().map(|schema| schema.name.as_str()).collect();
    assert_eq!(schemas, ["\"Other\"", "public"]);
}

#[tokio::test]
async fn members_of_an_extension_are_left_out() {
    let database = Cluster::shared().database();
    database.execute("CREATE EXTENSION citext; CREATE EXTENSION pg_stat_statements; CREATE TABLE t (a citext)");
    let schema = reflect(&database).await;
    let extensions: Vec<_> = schema.extensions.iter().map(|extension| extension.name.as_str()).collect();
    assert_eq!(extensions, ["citext", "pg_stat_statements"]);
    assert_eq!(names(&schema.tables), ["public.t"]);
    assert_eq!(schema.tables[0].columns[0].data_type, "citext");
    assert!(schema.functions.is_empty(), "{:?}", schema.functions);
    // What a migration adds to the schema of an extension is the project's own.
    database.execute("CREATE FUNCTION own() RETURNS citext LANGUAGE sql AS 'SELECT NULL::citext'");
    assert_eq!(reflect(&database).await.functions[0].returns.as_deref(), Some("citext"));
}

#[tokio::test]
async fn functions_and_operators_of_others_are_never_called() {
    let database = everything();
    let before = reflect(&database).await;
    database.execute("CREATE ROLE trapper; GRANT ALL ON SCHEMA public TO trapper; SET ROLE trapper;");
    let body = "LANGUAGE plpgsql AS $$ BEGIN RAISE 'caught'; END $$";
    // Each fits the arguments better than the one in pg_catalog does.
    for signature in [
        "quote_ident(name) RETURNS text",
        "format(text, name, name) RETURNS text",
        "\"left\"(name, integer) RETURNS text",
        "row_to_json(anyelement) RETURNS json",
        "to_json(text[]) RETURNS json",
        "unnest(smallint[]) RETURNS smallint",
        "format_type(oid, bigint) RETURNS text",
        "name_is_not(name, text) RETURNS boolean",
        "char_is(\"char\", text) RETURNS boolean",
        "oid_is(oid, integer) RETURNS boolean",
    ] {
        database.execute(&format!("CREATE FUNCTION public.{signature} {body}"));
    }
    database.execute(
        "CREATE OPERATOR public.<> (LEFTARG = name, RIGHTARG = text, FUNCTION = public.name_is_not); \
         CREATE OPERATOR public.= (LEFTARG = oid, RIGHTARG = integer, FUNCTION = public.oid_is); \
         CREATE OPERATOR public.<> (LEFTARG = oid, RIGHTARG = integer, FUNCTION = public.oid_is); \
         CREATE OPERATOR public.= (LEFTARG = \"char\", RIGHTARG = text, FUNCTION = public.char_is); \
         CREATE OPERATOR public.<> (LEFTARG = \"char\", RIGHTARG = text, FUNCTION = public.char_is)",
    );
    let mut after = reflect(&database).await;
    after.functions.retain(|function| !function.definition.contains("caught"));
    after.operators.clear();
    // Whoever deparses names an operator's schema where another one of that name fits too; nothing else may differ.
    assert_eq!(after, before);
}

#[tokio::test]
async fn the_embedded_postgres_says_the_same_of_the_example() {
    let (project, root, database) = (example(), tempfile::tempdir().unwrap(), Cluster::shared().database());
    let server = target(&database.url());
    let embedded = Target::Embedded(Arc::new(Embedded::start(&root.path().join("migrations")).await.unwrap()));
    let mut schemas = Vec::new();
    for target in [&server, &embedded] {
        go(target, &project, Direction::Upgrade, "heads").await;
        schemas.push(reflect_from(target, &VersionTable::from(project.settings())).await.unwrap());
    }
    // Since Postgres 16 views name columns without their table where there is one only.
    for table in schemas.iter_mut().flat_map(|schema| &mut schema.tables) {
        assert_eq!(table.definition.is_some(), matches!(table.kind, TableKind::View | TableKind::MaterializedView));
        table.definition = None;
    }
    assert!(schemas[0].tables.len() > 5, "{:?}", names(&schemas[0].tables));
    assert_eq!(lines(&schemas[0]), lines(&schemas[1]));
    go(&embedded, &project, Direction::Downgrade, "base").await;
    go(&server, &project, Direction::Downgrade, "base").await;
    let empty = reflect_from(&embedded, &VersionTable::from(project.settings())).await.unwrap();
    assert!(empty.tables.is_empty(), "{:?}", names(&empty.tables));
    assert_eq!(empty, reflect_from(&server, &VersionTable::from(project.settings())).await.unwrap());
    embedded.close().await.unwrap();
}

#[tokio::test]
async fn a_lock_on_a_view_is_not_waited_for_for_ever() {
    let database = everything();
    let holder = database.client().await;
    holder.batch_execute("BEGIN; LOCK TABLE glad IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let error = reflect_from(&target(&database.url()), &options().version_table).await.unwrap_err();
    assert_eq!(error.to_string(), "canceling statement due to lock timeout (SQLSTATE 55P03)");
}
