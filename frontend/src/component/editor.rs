//! A field for SQL, with numbered and colored lines. The lines lie below a transparent text field, so that typing,
//! selecting, undoing and reading aloud are the browser's own.

use limbeck_core::diagnostic::Level;
use limbeck_core::sql::tokens;
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use super::sql::pieces;
use crate::model::sql_lines::{self, Line};

#[derive(Properties, PartialEq)]
pub(crate) struct EditorProps {
    /// What is in the field. Written into it only when it is not what the field says already: undo goes on from there.
    pub text: AttrValue,
    /// Says what the field is for.
    pub label: &'static str,
    /// Lines that something is said of.
    pub marks: Vec<(u32, Level)>,
    /// Hears each change.
    pub changed: Callback<String>,
}

#[component]
pub(crate) fn Editor(props: &EditorProps) -> Html {
    let field = use_node_ref();
    use_effect_with((field.clone(), props.text.clone()), |(field, text)| {
        if let Some(area) = field.cast::<HtmlTextAreaElement>()
            && area.value() != **text
        {
            area.set_value(text);
        }
    });
    let oninput = props.changed.reform(|event: InputEvent| {
        event.target_dyn_into::<HtmlTextAreaElement>().map(|area| area.value()).unwrap_or_default()
    });
    let lines = use_memo(props.text.clone(), |text| sql_lines::lines(text, 1, &tokens(text)));
    let draw = |line: &Line| {
        let class = match props.marks.iter().find(|(number, _)| *number == line.number) {
            Some((_, Level::Error)) => Some("bad"),
            Some(_) => Some("warn"),
            None => None,
        };
        html! {
            <div class={classes!("l", class)}>
                <span class="n">{ line.number }</span>
                // An empty line is as high as any other.
                <span class="t">{ pieces(&props.text, line) }{ "\u{200b}" }</span>
            </div>
        }
    };
    html! {
        <div class="sql editor">
            <div class="over">
                <div aria-hidden="true">{ for lines.iter().map(draw) }</div>
                <textarea ref={field} wrap="off" spellcheck="false" autocomplete="off" autocapitalize="off"
                    aria-label={props.label} {oninput} />
            </div>
        </div>
    }
}
