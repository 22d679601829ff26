//! The manual as one text: what changes here changes for everyone who types it.

/// Returns the help of a command and all below it, as Markdown.
fn pages(path: &str, command: &mut clap::Command) -> String {
    let help = command.render_long_help().to_string();
    // The same everywhere: shown once, above.
    let help =
        help.split_once("\nGlobal options:").filter(|_| path.contains(' ')).map_or(help.as_str(), |(own, _)| own);
    let mut text = format!("## `{path}`\n\n```text\n{}\n```\n", help.trim_end());
    for name in command.get_subcommands().map(|command| command.get_name().to_owned()).collect::<Vec<_>>() {
        if name != "help"
            && let Some(command) = command.find_subcommand_mut(&name)
        {
            text.push('\n');
            text.push_str(&pages(&format!("{path} {name}"), command));
        }
    }
    text
}

#[test]
fn the_reference_of_the_command_line() {
    // 100 columns, whatever terminal the tests run in; built, so that usage and global options are as on the screen.
    let mut tree = limbeck::command::tree().term_width(100);
    tree.build();
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "." }, {
        insta::assert_snapshot!("reference.md", pages("limbeck", &mut tree));
    });
}
