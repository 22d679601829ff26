//! A history as a drawing: the same rows in every format, and nothing in a file that becomes more than text.

use insta::assert_snapshot;
use limbeck_core::project::Project;
use limbeck_core::report::{graph_markdown, graph_mermaid, graph_svg, graph_text};

use crate::project::file;

/// A project of lines `id < parents ! dependencies : title`.
fn project(lines: &str) -> Project {
    let revision = |line: &str| {
        let (head, title) = line.split_once(':').unwrap_or((line, ""));
        let (head, needs) = head.split_once('!').unwrap_or((head, ""));
        let (id, parents) = head.split_once('<').unwrap_or((head, ""));
        let needs = if needs.trim().is_empty() { String::new() } else { format!("-- Depends On: {}\n", needs.trim()) };
        let (id, parents, title) = (id.trim(), parents.trim(), title.trim());
        let text = format!(
            "-- {title}\n--\n-- Revision ID: {id}\n-- Revises: {parents}\n{needs}-- Create Date: 2026-11-22T14:12:00Z\n\
             -- migrate:up\n-- migrate:down\n"
        );
        file(&format!("versions/{id}.sql"), &text)
    };
    Project::load(lines.lines().map(str::trim).filter(|line| !line.is_empty()).map(revision).collect())
}

/// Two branches that were merged, a third that was not and needs one of them.
fn shop() -> Project {
    project(
        "a : Customers
         b < a : Products
         c < a : Orders
         m < b, c : Merge
         d < a ! b : Reviews",
    )
}

#[test]
fn the_same_rows_as_text_and_as_markdown() {
    assert_snapshot!(graph_text(&shop()), @"
    ○  d  Reviews (head)
    ├┄╮
    │ ┊ ◇  m  Merge (head) (merge)
    │ ┊ ├─╮
    │ ┊ │ ○  c  Orders
    ├─┊─│─╯
    │ ╰┄┤
    │   ○  b  Products
    ├───╯
    ○  a  Customers (base)
    ");
    assert_snapshot!(graph_markdown(&project("a : One\n b < a : ```` and `ticks`")), @"
    ### History: 2 revisions, 1 head

    `````text
    ○  b  ```` and `ticks` (head)
    ○  a  One (base)
    `````
    ");
}

#[test]
fn as_a_picture() {
    assert_snapshot!(graph_svg(&project("a : Customers\n b < a : Products\n d < a ! b : Reviews")), @r##"
    <svg xmlns="http://www.w3.org/2000/svg" width="384" height="124" viewBox="0 0 384 124" role="img">
    <title>3 revisions</title>
    <rect width="384" height="124" fill="#fff"/>
    <g fill="none" stroke-width="1.8">
    <path d="M20 34V62" stroke="#a8502a"/>
    <path d="M20 34C20 48 38 48 38 62" stroke="#1f7a6d" stroke-dasharray="3 3"/>
    <path d="M20 62V90" stroke="#a8502a"/>
    <path d="M38 62C38 76 20 76 20 90" stroke="#1f7a6d"/>
    </g>
    <g fill="#fff" stroke-width="1.8">
    <circle cx="20" cy="34" r="6" stroke="#a8502a"/>
    <circle cx="20" cy="34" r="2" stroke="#a8502a"/>
    <circle cx="38" cy="62" r="6" stroke="#1f7a6d"/>
    <circle cx="38" cy="62" r="2" stroke="#1f7a6d"/>
    <circle cx="20" cy="90" r="4" stroke="#a8502a"/>
    </g>
    <g fill="#1f2328" font-family="ui-monospace,Menlo,Consolas,monospace" font-size="12">
    <text x="58" y="38">d</text>
    <text x="58" y="66">b</text>
    <text x="58" y="94">a</text>
    </g>
    <g fill="#666a71" font-family="ui-monospace,Menlo,Consolas,monospace" font-size="12">
    <text x="80" y="38">2026-11-22</text>
    <text x="80" y="66">2026-11-22</text>
    <text x="80" y="94">2026-11-22</text>
    </g>
    <g fill="#1f2328" font-family="system-ui,sans-serif" font-size="13">
    <text x="174" y="38">Reviews<tspan dx="14" font-size="12" fill="#666a71">head</tspan></text>
    <text x="174" y="66">Products<tspan dx="14" font-size="12" fill="#666a71">effective head</tspan></text>
    <text x="174" y="94">Customers<tspan dx="14" font-size="12" fill="#666a71">base</tspan></text>
    </g>
    </svg>
    "##);
}

#[test]
fn as_a_flowchart() {
    let diagram = graph_mermaid(&shop());
    assert_snapshot!(diagram.text, @r#"
    flowchart TB
        r0(["d Reviews"])
        r0 --- r4
        r0 -.- r3
        r1(["m Merge"])
        r1 --- r3
        r1 --- r2
        r2["c Orders"]
        r2 --- r4
        r3["b Products"]
        r3 --- r4
        r4["a Customers"]
    "#);
    assert_eq!(diagram.left_out, 0);
}

#[test]
fn a_flowchart_above_the_limits_shows_the_newest_and_says_what_is_left_out() {
    let line = |n: usize| if n == 0 { "r0 : Step".to_owned() } else { format!("r{n:04} < r{} : Step", before(n)) };
    let lines = |count: usize| (0..count).map(line).collect::<Vec<_>>().join("\n");
    assert_eq!(graph_mermaid(&project(&lines(500))).left_out, 0);
    let diagram = graph_mermaid(&project(&lines(700)));
    assert_eq!(diagram.text.matches(" --- ").count() + diagram.left_out, 699);
    assert!(diagram.text.matches("---").count() <= 500);
    let end: Vec<&str> = diagram.text.lines().rev().take(3).collect();
    assert_snapshot!(end.join("\n"), @r#"
    r499 -.- more
    more["200 older revisions left out, above the limits of Mermaid"]
    r499["r0200 Step"]
    "#);

    let long = project(
        &(0..200).map(|n| format!("{}{n} : {}", "x".repeat(200), "y".repeat(300))).collect::<Vec<_>>().join("\n"),
    );
    let diagram = graph_mermaid(&long);
    assert!(diagram.left_out > 0 && diagram.text.chars().count() <= 50_000, "{}", diagram.text.chars().count());
}

fn before(n: usize) -> String {
    if n == 1 { "0".to_owned() } else { format!("{:04}", n - 1) }
}

#[test]
fn nothing_in_a_message_or_an_id_becomes_more_than_text() {
    let hostile = "<script>alert(1)</script> \"]; click r0 call x() %%{init: {'securityLevel': 'loose'}}%% & ]]> <!-- `#quot; \u{202e}txt \u{7}bell";
    let project = project(&format!("a>\"&'c : {hostile}"));
    let revisions = project.revisions().len();
    assert_eq!(revisions, 1, "{:?}", project.findings());

    let svg = graph_svg(&project);
    // Every tag is one of the drawing's own.
    let own =
        ["svg", "/svg", "title", "/title", "g", "/g", "rect", "path", "circle", "text", "/text", "tspan", "/tspan"];
    for tag in svg.split('<').skip(1) {
        let name = tag.split([' ', '>']).next().unwrap_or_default();
        assert!(own.contains(&name), "<{name}");
    }
    assert!(svg.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{svg}");
    assert!(!svg.contains('\u{202e}') && !svg.contains('\u{7}'));

    let diagram = graph_mermaid(&project).text;
    let label = diagram.split('"').nth(1).unwrap_or_default();
    assert_eq!(diagram.matches('"').count(), 2, "one label: {diagram}");
    assert!(label.chars().all(|c| c.is_alphanumeric() || " .,-_/#;".contains(c)), "{label}");
    assert!(!diagram.contains("%%") && !diagram.contains('{') && !diagram.contains('<'), "{diagram}");

    let drawing = graph_text(&project);
    assert!(!drawing.contains('\u{202e}') && !drawing.contains('\u{7}') && drawing.lines().count() == 1, "{drawing}");
}

#[test]
fn a_history_without_revisions_and_a_broken_one_are_drawn_too() {
    assert_snapshot!(graph_text(&project("")), @"");
    assert_snapshot!(graph_mermaid(&project("")).text, @"flowchart TB");
    assert!(graph_svg(&project("")).ends_with("</svg>\n"));
    assert_snapshot!(graph_text(&project("a : One\n b < a, gone : Two")), @"
    ◇  b  Two (parent missing) (head) (merge)
    ○  a  One (base)
    ");
}
