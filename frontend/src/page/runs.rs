//! What ran on this server, newest first.

use limbeck_core::document::{Run, RunState, RunSummary};
use yew::prelude::*;

use crate::browser;
use crate::component::{Chip, Empty, Failed, Link, Rows};
use crate::model::date;
use crate::model::progress::Progress;
use crate::model::sentence::{Tone, count};
use crate::route::{Route, direction_word};
use crate::source::SourceError;
use crate::state::use_session;

#[component]
pub(crate) fn RunsPage() -> Html {
    let session = use_session();
    let answer = use_state(|| None::<Result<Vec<RunSummary>, SourceError>>);
    // Asked again when a run begins, moves on or ends, whoever started it.
    let connection = &session.workspace.connection;
    let standing = (connection.is_moving(), connection.rows().map(<[String]>::to_vec));
    use_effect_with(standing, {
        let (answer, source) = (answer.setter(), session.source.clone());
        move |_| {
            wasm_bindgen_futures::spawn_local(async move {
                answer.set(Some(source.runs().await.map(|runs| runs.runs)));
            });
        }
    });
    match &*answer {
        None => html! { <div class="column" aria-busy="true"></div> },
        Some(Err(error)) => html! { <div class="column"><Failed error={error.detail()} /></div> },
        Some(Ok(runs)) if runs.is_empty() => html! {
            <Empty title="Nothing ran yet">
                <p>{ "A run is a reviewed plan, carried out on the database. It stays here with all that happened." }</p>
                <p><Link to={Route::upgrade_all()} class="button go">{ "Plan an upgrade" }</Link></p>
            </Empty>
        },
        Some(Ok(runs)) => {
            let today = browser::today();
            html! {
                <div class="column runs">
                    <h1>{ count(runs.len(), "run since this server started", "runs since this server started") }</h1>
                    <div class="scroll-x card">
                        <table>
                            <thead><tr>
                                <th scope="col">{ "Run" }</th><th scope="col">{ "State" }</th><th scope="col">{ "What" }</th>
                                <th scope="col" class="aside">{ "From" }</th><th scope="col">{ "To" }</th>
                                <th scope="col">{ "Started" }</th><th scope="col" class="aside">{ "Took" }</th>
                                <th scope="col" class="aside">{ "By" }</th>
                            </tr></thead>
                            <tbody>{ for runs.iter().map(|run| row(run, today)) }</tbody>
                        </table>
                    </div>
                </div>
            }
        }
    }
}

/// Returns the word for a run's state and its color.
///
/// A run of which only the events are known says no more than that it stopped.
pub(super) fn state_of(run: &Run, progress: &Progress) -> (Tone, &'static str) {
    match run.state {
        RunState::Running if progress.failure.is_some() => (Tone::Warn, "stopped"),
        RunState::Running if progress.ended => state(RunState::Done),
        told => state(told),
    }
}

/// Returns the word for a state and its color.
fn state(state: RunState) -> (Tone, &'static str) {
    match state {
        RunState::Running => (Tone::Head, "running"),
        RunState::Done => (Tone::Good, "done"),
        RunState::Failed => (Tone::Bad, "failed"),
        RunState::Cancelled => (Tone::Warn, "cancelled"),
    }
}

/// Returns how long a run took, as far as dates in whole seconds say it; empty until it ends.
fn took(run: &RunSummary) -> String {
    let millis = run.finished_at.as_ref().and_then(|end| browser::millis_between(&run.started_at, end));
    match millis {
        None => String::new(),
        Some(0..1_000) => "under 1 s".into(),
        Some(millis) => date::duration(millis),
    }
}

fn row(run: &RunSummary, today: date::Day) -> Html {
    let (tone, word) = state(run.state);
    let time = date::minutes(&run.started_at).map(|time| format!(" {time} UTC"));
    html! {
        <tr key={run.id}>
            <td><Link to={Route::Run(run.id)}>{ format!("Run {}", run.id) }</Link></td>
            <td><Chip {tone}>{ word }</Chip></td>
            <td>{ direction_word(run.direction) }{ " to " }<code>{ &run.target }</code>
                { format!(", {}", count(run.steps, "revision", "revisions")) }</td>
            <td class="aside"><Rows rows={run.from.clone()} /></td>
            <td>if let Some(rows) = run.rows.clone() { <Rows {rows} /> } else { { "—" } }</td>
            <td title={run.started_at.clone()}>{ date::brief(&run.started_at, today) }{ time }</td>
            <td class="aside">{ took(run) }</td>
            <td class="aside">{ &run.who }</td>
        </tr>
    }
}
