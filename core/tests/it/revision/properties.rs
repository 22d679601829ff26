//! What holds for every history: plans, rows, order, lanes and drawings.

use std::collections::{BTreeMap, BTreeSet};

use limbeck_core::revision::{
    Graph, GraphError, Index, LineKind, Node, Pager, RevisionId, RowChange, Step, draw, layout,
};
use proptest::prelude::{Strategy, any, prop};
use proptest::{prop_assert, prop_assert_eq, proptest};

/// Makes histories in which a revision stands on, and depends on, earlier ones.
fn histories() -> impl Strategy<Value = Vec<Node>> {
    any::<u64>().prop_flat_map(|_| prop::collection::vec(prop::array::uniform8(any::<u16>()), 0..40)).prop_map(
        |draws| {
            let ids: Vec<RevisionId> = draws.iter().enumerate().map(|(n, draw)| id(n, draw[7])).collect();
            let node = |(n, draw): (usize, &[u16; 8])| {
                // Mostly among the last few, as histories grow.
                let earlier = |number: u16| {
                    (n > 0).then(|| &ids[n - 1 - usize::from(number) % n.min(1 + usize::from(number) % 9)])
                };
                let parents = [0, 1, 1, 1, 1, 1, 1, 2, 2, 3][usize::from(draw[0] % 10)];
                let dependencies = [0, 0, 0, 0, 0, 0, 1, 2][usize::from(draw[1] % 8)];
                let depends_on = draw[5..5 + dependencies].iter().filter_map(|&number| earlier(number));
                Node {
                    id: ids[n].clone(),
                    revises: draw[2..2 + parents].iter().filter_map(|&number| earlier(number).cloned()).collect(),
                    depends_on: depends_on.map(ToString::to_string).collect(),
                    branch_labels: Vec::new(),
                }
            };
            draws.iter().enumerate().map(node).collect()
        },
    )
}

/// Makes histories in which everything may stand on everything, that is, with cycles.
fn tangles() -> impl Strategy<Value = Vec<Node>> {
    prop::collection::vec((prop::collection::vec(any::<u16>(), 0..3), prop::collection::vec(any::<u16>(), 0..2)), 1..12)
        .prop_map(|draws| {
            let any_id = |number: u16| id(usize::from(number) % draws.len(), 0);
            let node = |(n, (parents, dependencies)): (usize, &(Vec<u16>, Vec<u16>))| Node {
                id: id(n, 0),
                revises: parents.iter().map(|&number| any_id(number)).filter(|other| *other != id(n, 0)).collect(),
                depends_on: dependencies
                    .iter()
                    .map(|&number| any_id(number).to_string())
                    .filter(|other| other != id(n, 0).as_str())
                    .collect(),
                branch_labels: Vec::new(),
            };
            draws.iter().enumerate().map(node).collect()
        })
}

/// Returns an id whose place in the alphabet has nothing to do with its place in the history.
fn id(n: usize, mix: u16) -> RevisionId {
    RevisionId::new(&format!("{mix:04x}{n:03}")).expect("a legal id")
}

fn needs(graph: &Graph, i: Index) -> Vec<Index> {
    [graph.parents(i), graph.dependencies(i)].concat()
}

fn closure(graph: &Graph, of: &[Index]) -> BTreeSet<Index> {
    let mut reached: BTreeSet<Index> = of.iter().copied().collect();
    let mut open = of.to_vec();
    while let Some(i) = open.pop() {
        open.extend(needs(graph, i).into_iter().filter(|&other| reached.insert(other)));
    }
    reached
}

/// Those of a closed set that no other of it needs.
fn maximal(graph: &Graph, of: &BTreeSet<Index>) -> BTreeSet<Index> {
    let needed: BTreeSet<Index> = of.iter().flat_map(|&i| needs(graph, i)).collect();
    of.difference(&needed).copied().collect()
}

fn write(graph: &Graph, rows: &mut BTreeSet<Index>, changes: &[RowChange]) -> bool {
    let index = |id: &RevisionId| graph.index_of(id.as_str()).expect("a revision of the history");
    changes.iter().all(|change| match change {
        RowChange::Insert(id) => rows.insert(index(id)),
        RowChange::Delete(id) => rows.remove(&index(id)),
        RowChange::Update { from, to } => rows.remove(&index(from)) && rows.insert(index(to)),
    })
}

fn mirrored(step: &Step) -> (Index, &[Index], &[Index]) {
    (step.revision, &step.rows_after, &step.rows_before)
}

proptest! {
    #[test]
    fn every_upgrade_runs_in_an_order_that_can_run_and_its_rows_chain(
        nodes in histories(), from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>()
    ) {
        let graph = Graph::new(nodes);
        prop_assert!(!graph.is_broken() && graph.newest_first().len() == graph.len());
        if graph.is_empty() {
            return Ok(());
        }
        let mut applied = closure(&graph, &[from.index(graph.len())]);
        let mut rows = maximal(&graph, &applied);
        let target = graph.id(to.index(graph.len())).to_string();
        let start: Vec<Index> = rows.iter().copied().collect();
        let steps = graph.upgrade(&start, &target).expect("a whole history");
        for step in &steps {
            prop_assert_eq!(&step.rows_before.iter().copied().collect::<BTreeSet<_>>(), &rows);
            prop_assert!(needs(&graph, step.revision).iter().all(|other| applied.contains(other)));
            prop_assert!(applied.insert(step.revision));
            prop_assert!(write(&graph, &mut rows, &step.changes));
            prop_assert_eq!(&rows, &maximal(&graph, &applied));
            prop_assert_eq!(&step.rows_after.iter().copied().collect::<BTreeSet<_>>(), &rows);
            prop_assert!(step.rows_after.is_sorted_by_key(|&i| graph.id(i)));
        }
        let mut expected = closure(&graph, &[to.index(graph.len())]);
        expected.extend(closure(&graph, &start));
        prop_assert_eq!(applied, expected);
    }

    #[test]
    fn down_to_the_base_is_up_from_the_base_backwards(nodes in histories(), to in any::<prop::sample::Index>()) {
        let graph = Graph::new(nodes);
        let target = if graph.is_empty() { "heads".into() } else { graph.id(to.index(graph.len())).to_string() };
        let up = graph.upgrade(&[], &target).expect("a whole history");
        let rows = up.last().map(|step| step.rows_after.clone()).unwrap_or_default();
        let down = graph.downgrade(&rows, "base").expect("a whole history");
        let there: Vec<_> = up.iter().map(|step| (step.revision, &*step.rows_before, &*step.rows_after)).collect();
        let back: Vec<_> = down.iter().rev().map(mirrored).collect();
        prop_assert_eq!(there, back);
        let mut rows: BTreeSet<Index> = rows.into_iter().collect();
        for step in &down {
            prop_assert!(write(&graph, &mut rows, &step.changes));
        }
        prop_assert!(rows.is_empty());
    }

    #[test]
    fn down_and_up_again_restores_the_rows(nodes in histories(), to in any::<prop::sample::Index>()) {
        let graph = Graph::new(nodes);
        if graph.is_empty() {
            return Ok(());
        }
        let rows = graph.real_heads();
        let target = graph.id(to.index(graph.len())).to_string();
        let Ok(down) = graph.downgrade(&rows, &target) else { return Ok(()) };
        let below = down.last().map_or(&rows, |step| &step.rows_after);
        let up = graph.upgrade(below, "heads").expect("a whole history");
        let undone: BTreeSet<Index> = down.iter().map(|step| step.revision).collect();
        prop_assert_eq!(undone, up.iter().map(|step| step.revision).collect::<BTreeSet<_>>());
        let after: BTreeSet<Index> = up.last().map_or(below, |step| &step.rows_after).iter().copied().collect();
        prop_assert_eq!(after, rows.into_iter().collect::<BTreeSet<_>>());
    }

    #[test]
    fn the_order_in_which_files_are_read_plays_no_part(nodes in histories(), keys in prop::collection::vec(any::<u16>(), 40)) {
        let mut shuffled: Vec<(u16, Node)> = keys.into_iter().zip(nodes.iter().cloned()).collect();
        shuffled.sort_by_key(|(key, _)| *key);
        let one = Graph::new(nodes);
        let other = Graph::new(shuffled.into_iter().map(|(_, node)| node).collect());
        let drawing = |graph: &Graph| draw(&layout(graph, graph.newest_first()), |_| '○', |i| vec![graph.id(i).to_string()]);
        prop_assert_eq!(drawing(&one), drawing(&other));
        let plan = |graph: &Graph| {
            let steps = graph.upgrade(&[], "heads").expect("a whole history");
            steps.into_iter().map(|step| (graph.id(step.revision).clone(), step.changes)).collect::<Vec<_>>()
        };
        prop_assert_eq!(plan(&one), plan(&other));
    }

    #[test]
    fn every_edge_is_one_line_from_its_revision_to_the_other(nodes in histories(), keep in prop::collection::vec(any::<bool>(), 40)) {
        let graph = Graph::new(nodes);
        // All revisions, and some of them as a range leaves them.
        let some: Vec<Index> = graph.newest_first().iter().copied().filter(|&i| keep[i]).collect();
        for order in [graph.newest_first(), &some] {
            lines_are_edges(&graph, order)?;
        }
    }

    #[test]
    fn pages_are_parts_of_the_whole(nodes in histories(), sizes in prop::collection::vec(0_usize..7, 0..40)) {
        let graph = Graph::new(nodes);
        let whole = layout(&graph, graph.newest_first());
        let mut pager = Pager::new(&graph, graph.newest_first());
        let mut rows = Vec::new();
        let mut width = 0;
        for size in sizes.into_iter().chain([usize::MAX]) {
            let page = pager.page(size);
            prop_assert!(page.rows.len() <= size);
            width = width.max(page.width);
            rows.extend(page.rows);
        }
        prop_assert_eq!((rows, width), (whole.rows, whole.width));
    }

    #[test]
    fn all_strokes_of_a_drawing_meet(nodes in histories()) {
        let graph = Graph::new(nodes);
        let drawing = draw(&layout(&graph, graph.newest_first()), |_| '○', |_| Vec::new());
        prop_assert_eq!(drawing.matches('○').count(), graph.len());
        strokes_meet(&drawing)?;
    }

    #[test]
    fn of_a_tangle_the_cycles_are_named_exactly_and_all_is_shown(nodes in tangles()) {
        let index = |id: &str| nodes.iter().position(|node| node.id.as_str() == id).expect("a revision of the tangle");
        let edges = |i: Index, all: bool| {
            let parents = nodes[i].revises.iter().map(|id| index(id.as_str()));
            let dependencies = nodes[i].depends_on.iter().map(|id| index(id)).filter(|_| all);
            parents.chain(dependencies).collect::<Vec<Index>>()
        };
        let on_cycle = |all: bool| -> BTreeSet<Index> {
            let reaches = |start: Index| {
                let mut seen = BTreeSet::new();
                let mut open = edges(start, all);
                while let Some(i) = open.pop() {
                    if seen.insert(i) {
                        open.extend(edges(i, all));
                    }
                }
                seen.contains(&start)
            };
            (0..nodes.len()).filter(|&i| reaches(i)).collect()
        };
        let graph = Graph::new(nodes.clone());
        let named = |code: &str| -> BTreeSet<Index> {
            graph.errors().iter().filter(|error| error.code() == code).flat_map(GraphError::revisions).collect()
        };
        prop_assert_eq!(named("cycle"), on_cycle(false));
        prop_assert_eq!(&named("dependency-cycle") | &named("cycle"), on_cycle(true));
        let mut shown = graph.newest_first().to_vec();
        shown.sort_unstable();
        prop_assert_eq!(shown, (0..nodes.len()).collect::<Vec<_>>());
        lines_are_edges(&graph, graph.newest_first())?;
    }
}

/// Follows every line from its revision downwards and compares where they end with the edges.
fn lines_are_edges(graph: &Graph, order: &[Index]) -> Result<(), proptest::test_runner::TestCaseError> {
    let drawn = layout(graph, order);
    let row_of: BTreeMap<Index, usize> = order.iter().enumerate().map(|(row, &i)| (i, row)).collect();
    let mut width = 0;
    for (at, row) in drawn.rows.iter().enumerate() {
        prop_assert_eq!(row.node, order[at]);
        let mut ends = BTreeSet::new();
        for line in row.lines.iter().filter(|line| line.from == row.lane) {
            let (mut lane, mut below) = (line.to, at + 1);
            while drawn.rows[below].lane != lane {
                let passing: Vec<_> = drawn.rows[below].lines.iter().filter(|next| next.from == lane).collect();
                prop_assert_eq!(passing.len(), 1, "a lane goes on as one line");
                prop_assert_eq!(passing[0].kind, line.kind);
                lane = passing[0].to;
                below += 1;
            }
            let kind = if line.kind == LineKind::Parent { 0 } else { 1 };
            prop_assert!(ends.insert((drawn.rows[below].node, kind)), "an edge is drawn once");
        }
        let later = |other: &Index| row_of.get(other).is_some_and(|&other| other > at);
        let parents = graph.parents(row.node);
        let dependencies = graph.dependencies(row.node).iter().filter(|other| !parents.contains(other));
        let edges: BTreeSet<(Index, i32)> = parents
            .iter()
            .map(|&other| (other, 0))
            .chain(dependencies.map(|&other| (other, 1)))
            .filter(|(other, _)| later(other))
            .collect();
        prop_assert_eq!(ends, edges);
        // Lines that pass a row come from the row above.
        let arriving: BTreeSet<usize> = match at {
            0 => BTreeSet::new(),
            _ => drawn.rows[at - 1].lines.iter().map(|line| line.to).collect(),
        };
        let passing: BTreeSet<usize> =
            row.lines.iter().map(|line| line.from).filter(|&lane| lane != row.lane).collect();
        let mut through = arriving;
        through.remove(&row.lane);
        prop_assert_eq!(passing, through);
        width = row
            .lines
            .iter()
            .flat_map(|line| [line.from, line.to])
            .chain([row.lane])
            .fold(width, |w, lane| w.max(lane + 1));
    }
    prop_assert_eq!(drawn.width, width);
    Ok(())
}

/// Looks at every character of a drawing: a stroke that leaves it is taken up by its neighbor.
fn strokes_meet(drawing: &str) -> Result<(), proptest::test_runner::TestCaseError> {
    const UP: u8 = 1;
    const DOWN: u8 = 2;
    const LEFT: u8 = 4;
    const RIGHT: u8 = 8;
    let sides = |c: char| match c {
        '│' | '┊' => UP | DOWN,
        '─' | '┄' => LEFT | RIGHT,
        '╭' => DOWN | RIGHT,
        '╮' => DOWN | LEFT,
        '╰' => UP | RIGHT,
        '╯' => UP | LEFT,
        '├' => UP | DOWN | RIGHT,
        '┤' => UP | DOWN | LEFT,
        '┬' => DOWN | LEFT | RIGHT,
        '┴' => UP | LEFT | RIGHT,
        '┼' => UP | DOWN | LEFT | RIGHT,
        _ => 0,
    };
    let lines: Vec<Vec<char>> = drawing.lines().map(|line| line.chars().collect()).collect();
    let at = |line: usize, column: usize| lines.get(line).and_then(|line| line.get(column)).copied().unwrap_or(' ');
    for (line, text) in lines.iter().enumerate() {
        for (column, &c) in text.iter().enumerate() {
            let below = at(line + 1, column);
            if c != '○' && below != '○' {
                prop_assert_eq!(sides(c) & DOWN != 0, sides(below) & UP != 0, "{}:{} in\n{}", line, column, drawing);
            }
            // A stroke to the right may go behind lanes before it is taken up.
            if sides(c) & RIGHT != 0 {
                let next = (column + 1..).map(|column| at(line, column)).find(|c| !matches!(c, '│' | '┊'));
                prop_assert!(next.is_some_and(|next| sides(next) & LEFT != 0), "{}:{} in\n{}", line, column, drawing);
            }
        }
    }
    Ok(())
}
