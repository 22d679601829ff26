//! The page's side: spawns the workers and carries questions to them, the latest of each kind.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::{Rc, Weak};

use gloo_worker::{Spawnable as _, WorkerBridge};
use limbeck_core::project::File;
use yew::Callback;

use super::worker::Analyst;
use super::{Question, Request, Response};
use crate::model::queue::Queue;

/// Where the loaders of the workers are, relative to the document's base.
const READER: &str = "worker_loader.js";
const MODEL: &str = "model_loader.js";

/// The workers as the page sees them. Cheap to clone; all clones share them.
#[derive(Clone)]
pub struct Analysis(Rc<Both>);

struct Both {
    reader: Rc<Desk>,
    /// Spawned by the first question to it.
    model: OnceCell<Rc<Desk>>,
    /// What [`Analysis::load`] was given last.
    files: RefCell<String>,
}

/// One worker, and the questions on their way to it.
struct Desk {
    worker: WorkerBridge<Analyst>,
    next: Cell<u64>,
    plans: Lane,
    statements: Lane,
    effects: Lane,
    blocked: Lane,
    drafts: Lane,
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
    /// Spawns the worker that reads; it loads while the page goes on.
    pub fn spawn() -> Self {
        let files = RefCell::new("[]".to_owned());
        Self(Rc::new(Both { reader: Desk::spawn(READER), model: OnceCell::new(), files }))
    }

    /// Gives the workers the files of a project. What is asked later is answered from them.
    pub fn load(&self, files: &[File]) {
        let files = serde_json::to_string(files).unwrap_or_else(|_| "[]".into());
        self.0.reader.load(&files);
        if let Some(model) = self.0.model.get() {
            model.load(&files);
        }
        self.0.files.replace(files);
    }

    /// Asks whoever only reads; `listen` hears the answer unless a later question of the same kind overtakes this one.
    pub fn ask(&self, question: Question, listen: Callback<String>) {
        self.0.reader.ask(question, listen);
    }

    /// Asks the model likewise.
    pub fn judge(&self, question: Question, listen: Callback<String>) {
        let model = self.0.model.get_or_init(|| {
            let model = Desk::spawn(MODEL);
            model.load(&self.0.files.borrow());
            model
        });
        model.ask(question, listen);
    }
}

impl Desk {
    fn spawn(loader: &str) -> Rc<Self> {
        Rc::new_cyclic(|desk: &Weak<Self>| {
            let desk = desk.clone();
            let worker = Analyst::spawner()
                .as_module(false)
                .with_loader(true)
                .callback(move |response| {
                    if let Some(desk) = desk.upgrade() {
                        desk.take(response);
                    }
                })
                .spawn(loader);
            Self {
                worker,
                next: Cell::new(1),
                plans: Lane::default(),
                statements: Lane::default(),
                effects: Lane::default(),
                blocked: Lane::default(),
                drafts: Lane::default(),
            }
        })
    }

    fn load(&self, files: &str) {
        self.worker.send(Request { id: self.number(), question: Question::Load(files.to_owned()) });
    }

    fn ask(&self, question: Question, listen: Callback<String>) {
        let lane = self.lane(&question);
        *lane.listener.borrow_mut() = Some(listen);
        let next = lane.queue.borrow_mut().ask(self.number(), question);
        self.send(next);
    }

    fn number(&self) -> u64 {
        let id = self.next.get();
        self.next.set(id + 1);
        id
    }

    fn lane(&self, question: &Question) -> &Lane {
        match question {
            Question::Plan { .. } => &self.plans,
            Question::Blocked { .. } => &self.blocked,
            Question::Effects { .. } => &self.effects,
            Question::Draft { .. } => &self.drafts,
            Question::Statements { .. } | Question::Load(_) => &self.statements,
        }
    }

    fn send(&self, next: Option<(u64, Question)>) {
        if let Some((id, question)) = next {
            self.worker.send(Request { id, question });
        }
    }

    fn take(&self, response: Response) {
        for lane in [&self.plans, &self.statements, &self.effects, &self.blocked, &self.drafts] {
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
