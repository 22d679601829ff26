//! `lint`, and what it shares with `validate`: formats, and what is new since a commit.

use std::process::Command;

use insta::assert_snapshot;
use serde_json::Value;

use super::sandbox::Sandbox;

const ACCOUNTS: &str = "-- Accounts\n-- Revision ID: a1\n-- Revises:\n\n-- migrate:up\nCREATE TABLE account (id bigint PRIMARY KEY, nickname text);\n\n-- migrate:down\nDROP TABLE account;\n";
const NICKNAMES: &str = "-- No nicknames\n-- Revision ID: b1\n-- Revises: a1\n\n-- migrate:up\nALTER TABLE account DROP COLUMN nickname;\n\n-- migrate:down\nALTER TABLE account ADD COLUMN nickname text;\n";

fn accounts() -> Sandbox {
    Sandbox::with(&[("versions/a1.sql", ACCOUNTS), ("versions/b1.sql", NICKNAMES)])
}

/// Runs git in a sandbox, with nothing of the machine's own settings.
fn git(sandbox: &Sandbox, line: &str) {
    let words = shlex::split(line).expect("the line can be split");
    let name = ["-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"];
    let mut command: Command = sandbox.command("git");
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    let output = command.args(name).args(words).output().expect("git starts");
    assert!(output.status.success(), "git {line}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn findings_are_shown_where_they_are() {
    assert_snapshot!(accounts().session(&["lint", "lint a1", "lint --level warning b1", "lint zz"]), @"
    $ limbeck lint
    info[blocking-lock]: locks public.account: nobody can read or write it meanwhile
     --> migrations/versions/b1.sql:6:1
      |
    6 | ALTER TABLE account DROP COLUMN nickname;
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    warning[data-loss]: loses column nickname of public.account for good
     --> migrations/versions/b1.sql:6:1
      |
    6 | ALTER TABLE account DROP COLUMN nickname;
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: if it is meant, say so: `-- limbeck: allow data-loss: why`

    1 warning, 1 note

    $ limbeck lint a1
    1 revision: nothing to say

    $ limbeck lint --level warning b1
    warning[data-loss]: loses column nickname of public.account for good
     --> migrations/versions/b1.sql:6:1
      |
    6 | ALTER TABLE account DROP COLUMN nickname;
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: if it is meant, say so: `-- limbeck: allow data-loss: why`

    1 warning

    $ limbeck lint zz
    ! error: no revision or branch label is 'zz' or starts with it
    ! hint: `limbeck history` lists the revisions
    exit 4
    ");
}

#[test]
fn an_error_ends_with_3_and_a_broken_history_with_4() {
    let sandbox = accounts();
    sandbox.write(
        "migrations/limbeck.toml",
        "[lint.rules]\ndata-loss = \"error\"\nblocking-lock = \"off\"\ntable-rewite = \"off\"\n",
    );
    assert_snapshot!(sandbox.session(&["lint"]), @r#"
    $ limbeck lint
    error[unknown-rule]: no rule is named 'table-rewite'
     --> migrations/limbeck.toml:4:1
      |
    4 | table-rewite = "off"
      | ^^^^^^^^^^^^
      |
      = help: did you mean 'table-rewrite'?

    error[data-loss]: loses column nickname of public.account for good
     --> migrations/versions/b1.sql:6:1
      |
    6 | ALTER TABLE account DROP COLUMN nickname;
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: if it is meant, say so: `-- limbeck: allow data-loss: why`

    2 errors
    exit 3
    "#);
    let document = sandbox.limbeck("lint --json").document();
    let codes: Vec<&str> =
        document["findings"].as_array().expect("a list").iter().filter_map(|it| it["code"].as_str()).collect();
    assert_eq!(codes, ["unknown-rule", "data-loss"]);
    assert_eq!(sandbox.limbeck("lint --format json").document(), document);

    sandbox.write("migrations/versions/b1.sql", NICKNAMES.replace("Revises: a1", "Revises: zz"));
    assert_eq!(sandbox.limbeck("lint").status, 4);
}

#[test]
fn what_the_dry_run_foresees_is_found_too() {
    let sandbox = accounts();
    sandbox.write("migrations/versions/b1.sql", NICKNAMES.replace("DROP COLUMN nickname", "DROP COLUMN nickame"));
    assert_snapshot!(sandbox.session(&["lint"]), @r#"
    $ limbeck lint
    error[fails]: Postgres refuses this with 42703: column "nickame" of relation "account" does not exist
     --> migrations/versions/b1.sql:6:33
      |
    6 | ALTER TABLE account DROP COLUMN nickame;
      |                                 ^^^^^^^
      |
      = help: did you mean `nickname`?

    1 error
    exit 3
    "#);
}

#[test]
fn rules_are_listed_and_explained() {
    let sandbox = accounts();
    sandbox.write("migrations/limbeck.toml", "[lint.rules]\ncascade = \"error\"\ndata-loss = \"off\"\n");
    let listed = sandbox.limbeck("lint --rules").stdout;
    let lines: Vec<&str> =
        listed.lines().filter(|line| line.starts_with("cascade ") || line.starts_with("data-loss ")).collect();
    assert_snapshot!(lines.join("\n"), @"
    cascade                               error    CASCADE drops what the statement does not name
    data-loss                             off      Data is gone for good
    ");
    let rules = sandbox.limbeck("lint --rules --json").document();
    assert_eq!(rules["rules"].as_array().map(Vec::len), Some(listed.lines().count()));
    let level = |name: &str| {
        rules["rules"]
            .as_array()
            .expect("a list")
            .iter()
            .find(|rule| rule["name"] == name)
            .map(|rule| rule["level"].clone())
    };
    assert_eq!((level("cascade"), level("data-loss")), (Some(Value::from("error")), Some(Value::Null)));

    assert_snapshot!(sandbox.session(&["lint --explain locks-together", "lint --explain renaming-column", "lint --explain lock-together", "lint --rules --format sarif"]), @"
    $ limbeck lint --explain locks-together
    # locks-together

    Level: warning

    One transaction locks several tables in use, one after the other.

    ## What it finds

    A statement that takes a lock under which nobody can write, while earlier statements of its transaction hold such
    locks on other tables that others may be using. It is a note where others can still read all of them.

    ## Why it hurts

    All of them stay locked until the transaction ends: whoever uses the first waits while this one waits for the
    second. And a transaction that uses them in another order deadlocks with it.

    ## Example

    ```sql before
    CREATE TABLE account (id bigint PRIMARY KEY);
    CREATE TABLE purchase (id bigint PRIMARY KEY);
    ```

    ```sql
    ALTER TABLE account ADD COLUMN note text;
    ALTER TABLE purchase ADD COLUMN note text;
    ```

    ## Instead

    A revision for each table; each runs in a transaction of its own:

    ```sql
    ALTER TABLE account ADD COLUMN note text;
    ```

    ```sql
    ALTER TABLE purchase ADD COLUMN note text;
    ```

    $ limbeck lint --explain renaming-column
    # renaming-column

    Level: warning

    A column that old clients know by its old name. A rule of squawk's: https://squawkhq.com/docs/renaming-column

    $ limbeck lint --explain lock-together
    ! error: no rule is named 'lock-together'
    ! hint: did you mean 'locks-together'?
    exit 2

    $ limbeck lint --rules --format sarif
    ! error: rules are listed as text, json or markdown
    exit 2
    ");
    // Where there is no project too.
    assert_eq!(Sandbox::new().limbeck("lint --rules").status, 0);
}

#[test]
fn what_is_new_since_a_commit_is_one_deployment() {
    let sandbox = accounts();
    git(&sandbox, "init -q .");
    git(&sandbox, "add .");
    git(&sandbox, "commit -qm first");
    git(&sandbox, "checkout -qb topic");
    sandbox.write("migrations/versions/c1.sql", "-- Notes\n-- Revision ID: c1\n-- Revises: b1\n\n-- migrate:up\nCREATE TABLE note (id bigint PRIMARY KEY, text text);\n\n-- migrate:down\nDROP TABLE note;\n");
    git(&sandbox, "add .");
    git(&sandbox, "commit -qm notes");
    // Not committed, and not added.
    sandbox.write("migrations/versions/d1.sql", "-- Search\n-- Revision ID: d1\n-- Revises: c1\n\n-- migrate:up\nCREATE INDEX note_text_idx ON note (text);\nCREATE INDEX account_idx ON account (id);\n\n-- migrate:down\nDROP INDEX note_text_idx, account_idx;\n");
    assert_snapshot!(sandbox.session(&["lint --new-since main", "validate --new-since main"]), @"
    $ limbeck lint --new-since main
    warning[blocking-index-build]: builds an index of public.account, and nobody can write to it until that is done
     --> migrations/versions/d1.sql:7:1
      |
    7 | CREATE INDEX account_idx ON account (id);
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: CREATE INDEX CONCURRENTLY, in a revision of its own that opens with `-- migrate:up transaction:false`

    1 warning

    $ limbeck validate --new-since main
    2 revisions: nothing is wrong
    ");
    assert_snapshot!(sandbox.session(&["lint --new-since main c1", "lint --new-since gone", "lint --new-since -x", "validate --json --new-since gone"]), @r#"
    $ limbeck lint --new-since main c1
    ! error: the argument '--new-since <GITREF>' cannot be used with '[REVISION]...'
    !
    ! Usage: limbeck lint --new-since <GITREF> [REVISION]...
    !
    ! For more information, try '--help'.
    exit 2

    $ limbeck lint --new-since gone
    ! error: git knows no commit 'gone'
    ! hint: name a branch, a tag or a commit that is there; a workflow has to fetch it first (`fetch-depth: 0`)
    exit 2

    $ limbeck lint --new-since -x
    ! error: unexpected argument '-x' found
    !
    !   tip: to pass '-x' as a value, use '-- -x'
    !
    ! Usage: limbeck lint [OPTIONS] [REVISION]...
    !
    ! For more information, try '--help'.
    exit 2

    $ limbeck validate --json --new-since gone
    {
      "format": 1,
      "error": {
        "code": "usage",
        "message": "git knows no commit 'gone'",
        "hint": "name a branch, a tag or a commit that is there; a workflow has to fetch it first (`fetch-depth: 0`)",
        "candidates": []
      }
    }
    exit 2
    "#);

    // What others add to the branch meanwhile is not new here.
    git(&sandbox, "stash -qu");
    git(&sandbox, "checkout -q main");
    sandbox.write("other.txt", "x");
    sandbox.write(
        "migrations/versions/e1.sql",
        "-- Other\n-- Revision ID: e1\n-- Revises: b1\n\n-- migrate:up\nDROP TABLE account;\n",
    );
    git(&sandbox, "add .");
    git(&sandbox, "commit -qm other");
    git(&sandbox, "checkout -q topic");
    assert_snapshot!(sandbox.session(&["lint --new-since main"]), @"
    $ limbeck lint --new-since main
    1 revision: nothing to say
    ");
}

#[test]
fn a_revision_that_others_have_is_neither_edited_nor_removed() {
    let sandbox = accounts();
    git(&sandbox, "init -q .");
    git(&sandbox, "add .");
    git(&sandbox, "commit -qm first");
    std::fs::remove_file(sandbox.path("migrations/versions/b1.sql")).expect("it is there");
    std::fs::remove_file(sandbox.path("migrations/versions/a1.sql")).expect("it is there");
    sandbox.write("migrations/versions/2026/a1.sql", ACCOUNTS);
    assert_snapshot!(sandbox.session(&["lint --new-since HEAD"]), @"
    $ limbeck lint --new-since HEAD
    error[removed-revision]: revision b1 was published and is gone
    --> migrations/versions/b1.sql
     = help: put it back, and undo in a new revision what it did

    1 error
    exit 3
    ");
    sandbox.write("migrations/versions/2026/a1.sql", ACCOUNTS.replace("nickname text", "nickname varchar(20)"));
    sandbox.write("migrations/versions/b1.sql", NICKNAMES.replace("Revises: a1", "Branch Labels: x\n-- Revises: a1"));
    assert_snapshot!(sandbox.session(&["lint --level error --new-since HEAD"]), @"
    $ limbeck lint --level error --new-since HEAD
    error[edited-revision]: revision a1 was published and runs something else now
     --> migrations/versions/2026/a1.sql:5:1
      |
    5 | -- migrate:up
      | ^
      |
      = help: put it back as it was, and write the change as a new revision

    1 error
    exit 3
    ");
}

#[test]
fn without_a_repository_or_git_it_says_so() {
    let mut sandbox = accounts();
    let answer = sandbox.limbeck("lint --new-since main");
    assert_eq!(answer.status, 2);
    assert!(answer.stderr.contains("is in no Git repository"), "{}", answer.stderr);
    sandbox.set("PATH", "/nowhere");
    assert_snapshot!(sandbox.session(&["validate --new-since main"]), @"
    $ limbeck validate --new-since main
    ! error: git cannot be started: No such file or directory (os error 2)
    ! hint: install it, or name the revisions: `limbeck lint REVISION`
    exit 2
    ");
}

#[test]
fn findings_are_written_for_a_workflow() {
    let sandbox = accounts();
    git(&sandbox, "init -q .");
    // A name that could end a command, or begin another property.
    sandbox.write("migrations/versions/b1.sql", NICKNAMES.replace("nickname", "\"nick%,:name\""));
    sandbox.write("migrations/versions/a1.sql", ACCOUNTS.replace("nickname", "\"nick%,:name\""));
    assert_snapshot!(sandbox.session(&["lint --format github", "lint --format markdown"]), @r#"
    $ limbeck lint --format github
    ::notice file=migrations/versions/b1.sql,line=6,col=1,endLine=6,endColumn=46,title=blocking-lock::locks public.account: nobody can read or write it meanwhile
    ::warning file=migrations/versions/b1.sql,line=6,col=1,endLine=6,endColumn=46,title=data-loss::loses column "nick%25,:name" of public.account for good%0Aif it is meant, say so: `-- limbeck: allow data-loss: why`

    $ limbeck lint --format markdown
    ### Limbeck

    1 warning, 1 note

    <details><summary>migrations/versions/b1.sql: 1 warning, 1 note</summary>

    - **note** line 6: locks public.account: nobody can read or write it meanwhile (`blocking-lock`)
    - **warning** line 6: loses column "nick%,:name" of public.account for good (`data-loss`)<br>if it is meant, say so: \`-- limbeck: allow data-loss: why\`

    </details>
    "#);
    assert_snapshot!(Sandbox::history("a <- : first").session(&["lint --format github", "lint --format markdown"]), @r"
    $ limbeck lint --format github
    ::notice file=migrations/versions/a.sql,line=8,col=19,endLine=8,endColumn=26,title=prefer-bigint-over-int::using 32-bit integer fields can result in hitting the max `int` limit%0Ause 64-bit integer values instead to prevent hitting this limit

    $ limbeck lint --format markdown
    ### Limbeck

    1 note

    <details><summary>migrations/versions/a.sql: 1 note</summary>

    - **note** line 8: using 32-bit integer fields can result in hitting the max \`int\` limit (`prefer-bigint-over-int`)<br>use 64-bit integer values instead to prevent hitting this limit

    </details>
    ");
}

#[test]
fn sarif_has_the_structure_that_scanners_ask_for() {
    let sandbox = accounts();
    git(&sandbox, "init -q .");
    sandbox.write(
        "migrations/versions/c 1.sql",
        "-- Numbers\n-- Revision ID: c1\n-- Revises: b1\n\n-- migrate:up\nCREATE INDEX ON account (id);\n",
    );
    let log = sandbox.limbeck("lint --format sarif").document();
    assert_eq!(
        (log["version"].as_str(), log["$schema"].as_str().map(|it| it.ends_with("sarif-schema-2.1.0.json"))),
        (Some("2.1.0"), Some(true))
    );
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "limbeck");
    let rules: Vec<&str> =
        driver["rules"].as_array().expect("a list").iter().filter_map(|rule| rule["id"].as_str()).collect();
    let results = run["results"].as_array().expect("a list");
    assert!(!results.is_empty());
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("a number")).expect("a small one");
        assert_eq!(result["ruleId"].as_str(), rules.get(index).copied(), "{result}");
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().expect("a level")));
        assert!(result["message"]["text"].as_str().is_some_and(|text| !text.is_empty()));
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().expect("a place");
        assert!(uri.starts_with("migrations/versions/") && !uri.contains(' '), "{uri}");
        let region = |name: &str| place["region"][name].as_u64().expect("a number");
        assert!(region("startLine") >= 1 && region("startColumn") >= 1);
        assert!((region("endLine"), region("endColumn")) >= (region("startLine"), region("startColumn")));
        assert_eq!(result["partialFingerprints"]["limbeck/v1"].as_str().map(str::len), Some(64));
    }
    for rule in driver["rules"].as_array().expect("a list") {
        assert!(rule["name"].as_str().is_some_and(|name| name.starts_with(|c: char| c.is_ascii_uppercase())), "{rule}");
        if rules.contains(&"data-loss") && rule["id"] == "data-loss" {
            assert!(rule["help"]["markdown"].as_str().is_some_and(|text| text.contains("## Instead")));
        }
    }
}

#[test]
fn a_broken_history_is_reported_in_the_format_that_was_asked_for() {
    let sandbox = accounts();
    sandbox.write("migrations/versions/b1.sql", NICKNAMES.replace("Revises: a1", "Revises: zz"));
    let sarif = sandbox.limbeck("lint --format sarif");
    assert_eq!((sarif.status, sarif.stderr.as_str()), (4, ""));
    let log = sarif.document();
    assert_eq!(log["runs"][0]["results"].as_array().map(Vec::len), Some(1), "{log}");
    let json = sandbox.limbeck("lint --format json");
    assert_eq!((json.status, &json.document()["error"]["code"]), (4, &Value::from("broken-history")));
    let validated = sandbox.limbeck("validate --format json --new-since nowhere");
    assert_eq!((validated.status, &validated.document()["error"]["code"]), (2, &Value::from("usage")));
}
