//! What this build read from a migrations directory before, so that a file that did not change is not read again.
//!
//! A file of the user's cache directory holds, for each revision file without a finding, what the system says of the
//! file and the revision that was read from it; and which plans were found fit to run. Nothing depends on it: where it
//! is missing, damaged, somebody else's or of another build, everything is read. What runs on a database is always read.

mod format;
mod place;
mod stamp;
#[cfg(all(test, unix))]
mod tests;

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use limbeck_core::project::{Project, Reading};
use limbeck_core::report::Cut;
use limbeck_core::script::Revision;

use self::format::{Build, Entry, Sound, Table};
use self::place::Place;
use self::stamp::Stamp;
use crate::directory::{Directory, Found, List};
use crate::threads::Threads;

/// So many plans are remembered to be sound.
const MOST_PLANS: usize = 8;
/// When of so many files one is new, the memory is written at once.
const WORTH_WRITING: usize = 100;
/// When less is new, it is written only after this time: a change in a large project costs reading one file, and
/// writing them all.
const PAUSE: Duration = Duration::from_secs(60);

/// What is remembered of a directory, and what was learned since.
#[derive(Debug)]
pub(crate) struct Memory {
    /// None where nothing is remembered.
    kept: Option<Kept>,
}

#[derive(Debug)]
struct Kept {
    place: Place,
    build: Build,
    /// As they were found, believable or not.
    bytes: Vec<u8>,
    /// Which of its entries still hold.
    hold: Vec<bool>,
    /// Files that were read, if they did not change for long enough to be told from a later change.
    learned: Vec<(String, Stamp)>,
    /// Judgements of plans that can run, each with the encoded cuts of its script, newest first.
    sound: RefCell<Vec<(String, Vec<u8>)>>,
    /// Whether one of them was found only now.
    news: Cell<bool>,
}

impl Memory {
    /// Remembers nothing, now and later.
    pub(crate) fn none() -> Self {
        Self { kept: None }
    }

    /// Returns what [`Self::note_cuts`] was told of this judgement.
    pub(crate) fn cuts(&self, judgement: &str) -> Option<Vec<Cut>> {
        let sound = self.kept.as_ref()?.sound.borrow();
        let (_, cuts) = sound.iter().find(|(known, _)| known == judgement)?;
        postcard::from_bytes(cuts).ok()
    }

    /// Takes note of the judgement of a plan that can run, and of how its script was cut.
    pub(crate) fn note_cuts(&self, judgement: &str, cuts: &[Cut]) {
        let Some(kept) = self.kept.as_ref() else { return };
        let mut sound = kept.sound.borrow_mut();
        if sound.iter().any(|(known, _)| known == judgement) {
            return;
        }
        let Ok(cuts) = postcard::to_stdvec(cuts) else { return };
        sound.insert(0, (judgement.to_owned(), cuts));
        sound.truncate(MOST_PLANS);
        kept.news.set(true);
    }

    /// Writes down what was learned, if anything was. Where that cannot be, nothing happens.
    pub(crate) fn keep(&self, project: &Project) {
        if let Some(kept) = &self.kept {
            kept.keep(project);
        }
    }
}

/// Reads the project of a directory, as far as it is not remembered.
pub(crate) fn load(directory: &Directory) -> (Project, Memory) {
    let list = directory.list();
    match list.root().and_then(Place::of).zip(Build::this()) {
        Some((place, build)) => load_at(&list, place, build, SystemTime::now()),
        None => (read_all(&list), Memory::none()),
    }
}

/// Reads the project of a directory, whatever is remembered.
pub(crate) fn load_anew(directory: &Directory) -> Project {
    read_all(&directory.list())
}

fn read_all(list: &List) -> Project {
    Project::load_with(&list.found, |found| Reading::File(list.read(found)), &Threads)
}

fn load_at(list: &List, place: Place, build: Build, now: SystemTime) -> (Project, Memory) {
    let bytes = place.read().unwrap_or_default();
    let table = Table::read(&bytes, &build).unwrap_or_default();
    let hold: Vec<AtomicBool> = table.entries.iter().map(|_| AtomicBool::new(false)).collect();
    let learned = Mutex::new(Vec::new());
    let numbers = table.numbers(list.found.iter().map(|found| found.name.as_str()));
    let places: Vec<(&Found, Option<usize>)> = list.found.iter().zip(numbers).collect();
    let read = |&(found, number): &(&Found, Option<usize>)| {
        // Before it is read: should it change meanwhile, it is another file by what the system says of it.
        let stamp = found.plain().and_then(Stamp::of);
        if let Some(stamp) = stamp {
            let entry = number.and_then(|number| Some((table.entries.get(number)?, hold.get(number)?)));
            if let Some((entry, holds)) = entry
                && let Some(revision) = entry.revision(&stamp)
            {
                holds.store(true, Ordering::Relaxed);
                return Reading::Revision(revision);
            }
            if stamp.is_settled(now)
                && let Ok(mut learned) = learned.lock()
            {
                learned.push((found.name.clone(), stamp));
            }
        }
        Reading::File(list.read(found))
    };
    let project = Project::load_with(&places, read, &Threads);
    let hold = hold.into_iter().map(AtomicBool::into_inner).collect();
    let learned = learned.into_inner().unwrap_or_default();
    let sound = RefCell::new(table.sound.iter().map(Sound::owned).collect());
    let kept = Kept { place, build, bytes, hold, learned, sound, news: Cell::new(false) };
    (project, Memory { kept: Some(kept) })
}

impl Kept {
    fn keep(&self, project: &Project) {
        let learned = self.clean(project);
        let news = self.news.get();
        if learned.is_empty() && !news {
            return;
        }
        let few = learned.len() * WORTH_WRITING < self.hold.len();
        if few && !news && self.place.written_within(PAUSE) {
            return;
        }
        let encoded: Vec<_> = learned
            .into_iter()
            .filter_map(|(stamp, revision)| Some((revision.path.as_str(), stamp, format::encode(revision)?)))
            .collect();
        let table = Table::read(&self.bytes, &self.build).unwrap_or_default();
        let old = table.entries.into_iter().zip(&self.hold).filter(|(_, holds)| **holds).map(|(entry, _)| entry);
        let new = encoded.iter().map(|(path, stamp, revision)| Entry { path, stamp: *stamp, revision });
        let mut entries: Vec<Entry<'_>> = old.chain(new).collect();
        entries.sort_by_key(|entry| entry.path);
        let plans = self.sound.borrow();
        let sound = plans.iter().map(|(judgement, cuts)| Sound { judgement, cuts }).collect();
        if let Some(bytes) = (Table { entries, sound }).write(&self.build) {
            // Who cannot remember reads again.
            let _ = self.place.write(&bytes);
        }
    }

    /// Returns the revisions that were learned and have no finding.
    fn clean<'p>(&self, project: &'p Project) -> Vec<(Stamp, &'p Revision)> {
        if self.learned.is_empty() {
            return Vec::new();
        }
        let revisions = project.revisions();
        let found: HashSet<&str> = project.findings().iter().filter_map(|finding| finding.path.as_deref()).collect();
        let clean = self.learned.iter().filter(|(path, _)| !found.contains(path.as_str()));
        let revision = |path: &str| revisions.binary_search_by(|revision| revision.path.as_str().cmp(path)).ok();
        clean.filter_map(|(path, stamp)| Some((*stamp, revisions.get(revision(path)?)?))).collect()
    }
}
