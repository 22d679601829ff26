//! The page's side: spawns the worker once and carries questions to it, the latest of each kind.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_worker::{Spawnable as _, WorkerBridge};
use limbeck_core::project::File;
use yew::Callback;

use super::worker::Analyst;
use super::{Question, Request, Response};
use crate::model::queue::Queue;

/// Where the worker's loader is, relative to the document's base.
const LOADER: &str = "worker_loader.js";

/// The worker as the page sees it. Cheap to clone; all clones share one worker.
#[derive(Clone)]
pub struct Analysis(Rc<Desk>);

struct Desk {
    worker: WorkerBridge<Analyst>,
    next: Cell<u64>,
    plans: Lane,
    statements: Lane,
    blocked: Lane,
}

/// Questions of one kind, and who waits for the newest answer.
#[derive(Default)]
struct Lane {
    queue: RefCell<Queue<Question>>,
    listener: RefCell<Option<Callback<String>>>,
}

impl PartialEq for Analysis {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Analysis {
    /// Spawns the worker; it loads while the page goes on.
    pub fn spawn() -> Self {
        Self(Rc::new_cyclic(|desk: &std::rc::Weak<Desk>| {
            let desk = desk.clone();
            let worker = Analyst::spawner()
                .as_module(false)
                .with_loader(true)
                .callback(move |response| {
                    if let Some(desk) = desk.upgrade() {
                        desk.take(response);
                    }
                })
                .spawn(LOADER);
            Desk {
                worker,
                next: Cell::new(1),
                plans: Lane::default(),
                statements: Lane::default(),
                blocked: Lane::default(),
            }
        }))
    }

    /// Gives the worker the files of a project. What is asked later is answered from them.
    pub fn load(&self, files: &[File]) {
        let files = serde_json::to_string(files).unwrap_or_else(|_| "[]".into());
        self.0.worker.send(Request { id: self.0.number(), question: Question::Load(files) });
    }

    /// Asks; `listen` hears the answer unless a later question of the same kind overtakes this one.
    pub fn ask(&self, question: Question, listen: Callback<String>) {
        let desk = &self.0;
        let lane = desk.lane(&question);
        *lane.listener.borrow_mut() = Some(listen);
        let next = lane.queue.borrow_mut().ask(desk.number(), question);
        desk.send(next);
    }
}

impl Desk {
    fn number(&self) -> u64 {
        let id = self.next.get();
        self.next.set(id + 1);
        id
    }

    fn lane(&self, question: &Question) -> &Lane {
        match question {
            Question::Plan { .. } => &self.plans,
            Question::Blocked { .. } => &self.blocked,
            Question::Statements { .. } | Question::Load(_) => &self.statements,
        }
    }

    fn send(&self, next: Option<(u64, Question)>) {
        if let Some((id, question)) = next {
            self.worker.send(Request { id, question });
        }
    }

    fn take(&self, response: Response) {
        for lane in [&self.plans, &self.statements, &self.blocked] {
            let (wanted, next) = lane.queue.borrow_mut().answered(response.id);
            self.send(next);
            if wanted {
                let listener = lane.listener.borrow_mut().take();
                if let Some(listener) = listener {
                    listener.emit(response.answer);
                }
                return;
            }
        }
    }
}
