//! Words that mean nothing, and options in any place.

use super::sandbox::Sandbox;

#[test]
fn a_host_that_no_browser_can_ask_for_is_not_allowed_in_silence() {
    let sandbox = Sandbox::history("a <- : first");
    insta::assert_snapshot!(sandbox.session(&[
        "serve --allowed-host http://foo/",
        "serve --allowed-host 'a b'",
        "serve --allowed-host '*'",
        "serve --allowed-host ::1",
        "serve --allowed-host foo:http",
    ]), @"
    $ limbeck serve --allowed-host http://foo/
    ! error: invalid value 'http://foo/' for '--allowed-host <HOST>': write the name alone, with or without a port, as in limbeck.example or limbeck.example:8443
    !
    ! For more information, try '--help'.
    exit 2

    $ limbeck serve --allowed-host 'a b'
    ! error: invalid value 'a b' for '--allowed-host <HOST>': write the name alone, with or without a port, as in limbeck.example or limbeck.example:8443
    !
    ! For more information, try '--help'.
    exit 2

    $ limbeck serve --allowed-host '*'
    ! error: invalid value '*' for '--allowed-host <HOST>': write the name alone, with or without a port, as in limbeck.example or limbeck.example:8443
    !
    ! For more information, try '--help'.
    exit 2

    $ limbeck serve --allowed-host ::1
    ! error: invalid value '::1' for '--allowed-host <HOST>': an address of IPv6 stands in brackets, as in [2001:db8::1]
    !
    ! For more information, try '--help'.
    exit 2

    $ limbeck serve --allowed-host foo:http
    ! error: invalid value 'foo:http' for '--allowed-host <HOST>': a port is a number up to 65535, as in limbeck.example:8443
    !
    ! For more information, try '--help'.
    exit 2
    ");
}

#[test]
fn wrong_usage_ends_with_2_and_says_what_is_right() {
    let sandbox = Sandbox::history("a <- : first");
    insta::assert_snapshot!(sandbox.session(&[
        "upgrde",
        "heads --no-such-option",
        "stamp",
        "history -q -v",
        "completions tcsh",
    ]), @"
    $ limbeck upgrde
    ! error: unrecognized subcommand 'upgrde'
    !
    !   tip: some similar subcommands exist: 'downgrade', 'upgrade'
    !
    ! Usage: limbeck [OPTIONS] <COMMAND>
    !
    ! For more information, try '--help'.
    exit 2

    $ limbeck heads --no-such-option
    ! error: unexpected argument '--no-such-option' found
    !
    ! Usage: limbeck heads [OPTIONS]
    !
    ! For more information, try '--help'.
    exit 2

    $ limbeck stamp
    ! error: the following required arguments were not provided:
    !   <REVISION>...
    !
    ! Usage: limbeck stamp <REVISION>...
    !
    ! For more information, try '--help'.
    exit 2

    $ limbeck history -q -v
    ! error: the argument '--quiet' cannot be used with '--verbose'
    !
    ! Usage: limbeck history --quiet
    !
    ! For more information, try '--help'.
    exit 2

    $ limbeck completions tcsh
    ! error: invalid value 'tcsh' for '<SHELL>'
    !   [possible values: bash, elvish, fish, powershell, zsh]
    !
    !   tip: a similar value exists: 'zsh'
    !
    ! For more information, try '--help'.
    exit 2
    ");
}

#[test]
fn wrong_usage_is_a_document_too() {
    let sandbox = Sandbox::history("a <- : first");
    for line in ["--json upgrde", "stamp --json", "--json", "history --limit many --json"] {
        let answer = sandbox.limbeck(line);
        assert_eq!(answer.status, 2, "{line}");
        let document = answer.document();
        assert_eq!(document["format"], 1, "{line}");
        assert_eq!(document["error"]["code"], "usage", "{line}");
        assert!(document["error"]["message"].as_str().is_some_and(|message| !message.is_empty()), "{line}");
        assert_eq!(answer.stderr, "", "{line}");
    }
}

#[test]
fn global_options_stand_before_or_after_the_command() {
    let sandbox = Sandbox::history("a <- : first");
    let before = sandbox.limbeck("--dir migrations --json heads");
    let after = sandbox.limbeck("heads --json --dir migrations");
    assert_eq!(before.document(), after.document());
    assert_eq!((before.status, after.status), (0, 0));
}

#[test]
fn what_is_not_there_yet_says_so_in_one_sentence() {
    let sandbox = Sandbox::history("a <- : first");
    insta::assert_snapshot!(sandbox.session(&[
        "revision --autogenerate -m 'add users'",
        "generate 'add users'",
        "check",
        "merge --check",
    ]), @"
    $ limbeck revision --autogenerate -m 'add users'
    ! error: writing a revision from schema.sql is not there yet
    ! hint: write it by hand: `limbeck revision -m 'add users'`
    exit 2

    $ limbeck generate 'add users'
    ! error: writing a revision from schema.sql is not there yet
    ! hint: write it by hand: `limbeck revision -m 'add users'`
    exit 2

    $ limbeck check
    ! error: comparing the revisions with schema.sql is not there yet
    ! hint: `limbeck validate` checks the files themselves, `limbeck current --check-heads` the database
    exit 2

    $ limbeck merge --check
    ! error: proving that two branches can be joined in any order is not there yet
    ! hint: `limbeck merge` writes the merge; read both branches first with `limbeck history -v`
    exit 2
    ");
    for line in ["generate x", "check", "merge --check"] {
        let answer = sandbox.limbeck(&format!("--json {line}"));
        assert_eq!(answer.document()["error"]["code"], "usage", "{line}");
        assert_eq!(answer.status, 2, "{line}");
    }
}

#[test]
fn the_manual_and_the_version_are_answers() {
    let sandbox = Sandbox::new();
    for line in ["help", "--help", "help upgrade", "upgrade --help", "-h", "--version"] {
        let answer = sandbox.limbeck(line);
        assert_eq!((answer.status, answer.stderr.as_str()), (0, ""), "{line}");
        assert!(answer.stdout.contains("limbeck"), "{line}: {}", answer.stdout);
        let document = sandbox.limbeck(&format!("--json {line}")).document();
        assert_eq!(document["text"].as_str(), Some(answer.stdout.as_str()), "{line}");
    }
    assert_eq!(sandbox.limbeck("help upgrade").stdout, sandbox.limbeck("upgrade --help").stdout);
}

#[test]
fn completions_know_every_command() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = sandbox.limbeck(&format!("completions {shell}"));
        assert_eq!(script.status, 0);
        for command in ["upgrade", "ensure-version", "completions"] {
            assert!(script.stdout.contains(command), "{shell} knows {command}");
        }
        assert_eq!(sandbox.limbeck(&format!("completions {shell} --json")).document()["text"], script.stdout);
    }
}
