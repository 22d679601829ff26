//! `limbeck.toml`.

use std::time::Duration;

use insta::assert_snapshot;
use limbeck_core::settings::Settings;

use crate::show;

fn findings(text: &str) -> String {
    show::findings(&Settings::parse("limbeck.toml", text).1)
}

#[test]
fn an_empty_file_gives_the_defaults() {
    let (settings, findings) = Settings::parse("limbeck.toml", "");
    assert_eq!((&settings, findings.len()), (&Settings::default(), 0));
    assert_snapshot!(serde_json::to_string(&settings).expect("settings are JSON"), @r#"{"name":null,"version_table":"alembic_version","version_table_schema":null,"file_template":"{id}_{slug}","lock_timeout":"3s","database":{"url_variable":"DATABASE_URL"}}"#);
}

#[test]
fn every_setting_is_read_and_survives_json() {
    let text = "name = 'shop'\nversion_table = 'revisions'\nversion_table_schema = 'ops'\nfile_template = '{year}/{id}'\nlock_timeout = '250ms'\n[database]\nurl_variable = 'SHOP_URL'\n";
    let (settings, findings) = Settings::parse("limbeck.toml", text);
    assert_eq!(show::findings(&findings), "");
    assert_eq!(settings.name.as_deref(), Some("shop"));
    assert_eq!((settings.version_table.as_str(), settings.version_table_schema.as_deref()), ("revisions", Some("ops")));
    assert_eq!(
        (settings.file_template.as_str(), settings.lock_timeout),
        ("{year}/{id}", Some(Duration::from_millis(250)))
    );
    assert_eq!(settings.database.url_variable, "SHOP_URL");
    let json = serde_json::to_string(&settings).expect("settings are JSON");
    assert_eq!(serde_json::from_str::<Settings>(&json).expect("JSON is settings"), settings);
}

#[test]
fn a_lock_timeout_is_a_duration_or_off() {
    for (text, millis) in
        [("3s", Some(3_000)), ("500ms", Some(500)), ("2min", Some(120_000)), ("off", None), ("0", None), ("0s", None)]
    {
        let (settings, findings) = Settings::parse("limbeck.toml", &format!("lock_timeout = \"{text}\""));
        assert_eq!(show::findings(&findings), "");
        assert_eq!(settings.lock_timeout, millis.map(Duration::from_millis), "{text}");
    }
    for text in ["3", "s", "-1s", "3 years", "99999999999999999999s", "2147484s"] {
        assert_eq!(Settings::parse("limbeck.toml", &format!("lock_timeout = \"{text}\"")).1.len(), 1, "{text}");
    }
}

#[test]
fn the_levels_of_rules_are_read_and_survive_json() {
    let text = "[lint.rules]\ndata-loss = 'error'\nlock-order = \"warn\"\n";
    let (settings, wrong) = Settings::parse("limbeck.toml", text);
    assert_eq!(show::findings(&wrong), "");
    let json = serde_json::to_string(&settings).expect("settings are JSON");
    assert!(json.ends_with(r#""lint":{"rules":{"data-loss":"error","lock-order":"warning"}}}"#), "{json}");
    assert_eq!(serde_json::from_str::<Settings>(&json).expect("JSON is settings"), settings);
    assert_snapshot!(findings("[lint]\nrules = 'off'\nlevel = 'x'\n[lint.rule]\n"), @"
    2:1-6 malformed-settings: 'lint.rules' is no table
        = write a table: `[lint.rules]`
    3:1-6 unknown-setting: unknown setting 'lint.level'
        = the settings are rules
    4:7-11 unknown-setting: unknown setting 'lint.rule'
        = did you mean 'lint.rules'?
    ");
    assert_snapshot!(findings("[lint.rules]\ncascade = 'loud'\ndata-loss = false\n"), @r#"
    2:11-17 malformed-settings: 'lint.rules.cascade': 'loud' is no level
        = write "off", "info", "warning" or "error"
    3:13-18 malformed-settings: 'lint.rules.data-loss': a boolean is no level
        = write "off", "info", "warning" or "error"
    "#);
}

#[test]
fn what_is_wrong_is_named_with_its_place_and_keeps_the_default() {
    assert_snapshot!(findings("name = 'x'\nlock_timout = '3s'\ncolour = 'red'\n"), @"
    2:1-12 unknown-setting: unknown setting 'lock_timout'
        = did you mean 'lock_timeout'?
    3:1-7 unknown-setting: unknown setting 'colour'
        = the settings are name, version_table, version_table_schema, file_template, lock_timeout, database, lint
    ");
    assert_snapshot!(findings("version_table = 3\nlock_timeout = 'soon'\nfile_template = '{slug}'\n"), @r#"
    1:17-18 malformed-settings: 'version_table': it is an integer, not a text in quotes
        = write version_table = "alembic_version"
    2:16-22 malformed-settings: 'lock_timeout': 'soon' is no duration
        = write lock_timeout = "3s", "500ms" or "off"
    3:17-25 malformed-settings: 'file_template': without `{id}` two revisions may get the same file name
        = write file_template = "{id}_{slug}"
    "#);
    assert_snapshot!(findings("version_table = 'ops.revisions'\n[database]\nurl = 'postgres://u:p@h/d'\n"), @r#"
    1:17-32 malformed-settings: 'version_table': it is one name, without quotes; the schema is set by version_table_schema
        = write version_table = "alembic_version"
    3:1-4 unknown-setting: unknown setting 'database.url'
        = the settings are url_variable
    "#);
    assert_snapshot!(findings("[database]\nurl_variable = 'postgres://u:p@h/d'\n"), @r#"
    2:16-36 malformed-settings: 'database.url_variable': it is the name of an environment variable, not the URL itself
        = write database.url_variable = "DATABASE_URL"
    "#);
    assert_snapshot!(findings("name = shop\nversion_table = 'v'\n"), @"
    1:8-12 malformed-settings: not TOML: string values must be quoted, expected literal string
        = see https://toml.io for the syntax
    ");
    assert_snapshot!(findings("database = 'x'\n[[name]]\n"), @r#"
    1:1-9 malformed-settings: 'database' is no table
        = write a table: `[database]`
    2:1-9 malformed-settings: 'name': it is an array, not a text in quotes
        = write name = "shop"
    "#);
    assert_eq!(Settings::parse("limbeck.toml", "name = shop\nversion_table = 'v'\n").0.version_table, "v");
}
