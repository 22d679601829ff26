//! The pages, one file each.

mod draft;
mod history;
mod login;
mod merge;
mod plan;
mod revision;
mod run;
mod runs;

pub(crate) use draft::DraftPage;
pub(crate) use history::HistoryPage;
pub(crate) use login::LoginPage;
pub(crate) use merge::MergePage;
pub(crate) use plan::PlanPage;
pub(crate) use run::RunPage;
pub(crate) use runs::RunsPage;
