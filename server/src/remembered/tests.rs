//! Directories that change between two readings.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::thread;

use limbeck_core::document::Direction;
use limbeck_core::report::offline;
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

/// A migrations directory and a cache directory.
struct Lab {
    root: TempDir,
}

/// Longer than the step in which the kernel keeps times. A user's edit is two seconds away from what is remembered;
/// these tests say that two seconds are over.
const TICK: Duration = Duration::from_millis(25);

impl Lab {
    fn new() -> Self {
        let lab = Self { root: tempfile::tempdir().expect("writable") };
        fs::create_dir_all(lab.root.path().join("migrations/versions")).expect("writable");
        lab
    }

    /// Returns one with a chain of revisions, `r000` at its base.
    fn chain(count: usize) -> Self {
        let lab = Self::new();
        for number in 0..count {
            lab.write(&format!("r{number:03}"), &revision(number, "bigint"));
        }
        lab
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(format!("migrations/versions/{name}.sql"))
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("writable");
    }

    fn directory(&self) -> Directory {
        Directory::open(&self.root.path().join("migrations")).expect("it is there")
    }

    fn place(&self) -> Place {
        Place::within(&self.root.path().join("cache"), &self.root.path().join("migrations"))
    }

    /// Reads the project at some time; returns how many of its files were remembered, too.
    fn load_at(&self, now: SystemTime) -> (Project, Memory, usize) {
        let build = Build::this().expect("a test is a program too");
        let (project, memory) = super::load_at(&self.directory().list(), self.place(), build, now);
        let held = memory.kept.as_ref().map_or(0, |kept| kept.hold.iter().filter(|holds| **holds).count());
        (project, memory, held)
    }

    /// Reads the project when all files are old, and remembers it; returns how many of its files were remembered.
    fn call(&self) -> usize {
        let (project, memory, held) = self.load_at(later());
        assert_eq!(told(&project), told(&load_anew(&self.directory())));
        memory.keep(&project);
        held
    }

    /// Makes a change when the clock has gone on, and calls.
    fn after(&self, change: impl FnOnce(&Self)) -> usize {
        thread::sleep(TICK);
        change(self);
        self.call()
    }
}

fn later() -> SystemTime {
    SystemTime::now() + Duration::from_secs(10)
}

fn revision(number: usize, kind: &str) -> String {
    let parent = number.checked_sub(1).map(|parent| format!("r{parent:03}")).unwrap_or_default();
    format!(
        "-- step {number}\n\n-- with a body\n--\n-- Revision ID: r{number:03}\n-- Revises: {parent}\n\
         -- Create Date: 2026-11-22T14:12:00Z\n\n-- migrate:up\nCREATE TABLE t{number} (a {kind});\n\n\
         -- migrate:down\nDROP TABLE t{number};\n"
    )
}

/// Returns all that a project says.
fn told(project: &Project) -> String {
    let script = offline(project, &[], Direction::Upgrade, "heads", |_| None);
    format!("{:#?}\n{:#?}\n{:#?}\n{script:?}", project.settings(), project.revisions(), project.findings())
}

#[test]
fn what_did_not_change_is_remembered() {
    let lab = Lab::chain(5);
    assert_eq!(lab.call(), 0);
    assert_eq!(lab.call(), 5);
    assert_eq!(lab.after(|lab| lab.write("r009", &revision(5, "int"))), 5, "another file is there");
    assert_eq!(lab.call(), 6);
    assert_eq!(lab.after(|lab| fs::remove_file(lab.path("r009")).expect("it is there")), 5, "and gone again");
    assert_eq!(lab.after(|lab| fs::rename(lab.path("r004"), lab.path("last")).expect("it is there")), 4);
    assert_eq!(lab.call(), 5);
}

#[test]
fn an_edit_of_equal_size_shows() {
    let lab = Lab::chain(3);
    lab.call();
    assert_eq!(lab.after(|lab| lab.write("r001", &revision(1, "double"))), 2, "written in its place");
    lab.call();
    let replace = |lab: &Lab| {
        let times = fs::metadata(lab.path("r001")).and_then(|metadata| metadata.modified()).expect("it is there");
        fs::write(lab.root.path().join("new"), revision(1, "bigint")).expect("writable");
        let new = fs::File::options().write(true).open(lab.root.path().join("new")).expect("it is there");
        new.set_modified(times).expect("it is ours");
        fs::rename(lab.root.path().join("new"), lab.path("r001")).expect("writable");
    };
    assert_eq!(lab.after(replace), 2, "another file is put in its place, with its time");
    lab.call();
    let touch_back = |lab: &Lab| {
        let times = fs::metadata(lab.path("r001")).and_then(|metadata| metadata.modified()).expect("it is there");
        lab.write("r001", &revision(1, "serial"));
        let file = fs::File::options().write(true).open(lab.path("r001")).expect("it is there");
        file.set_modified(times).expect("it is ours");
    };
    assert_eq!(lab.after(touch_back), 2, "its time is set back");
}

#[test]
fn a_file_that_changed_just_now_is_not_remembered() {
    let lab = Lab::chain(3);
    let (project, memory, _) = lab.load_at(SystemTime::now());
    memory.keep(&project);
    assert!(lab.place().read().is_none(), "an edit in the same moment would not show");
    let (project, memory, _) = lab.load_at(SystemTime::now() + Duration::from_secs(1));
    memory.keep(&project);
    assert!(lab.place().read().is_none());
    lab.call();
    assert_eq!(lab.call(), 3);
}

#[test]
fn what_has_a_finding_or_is_no_file_of_its_own_is_always_read() {
    let lab = Lab::chain(2);
    lab.write("mark", &format!("\u{feff}{}", revision(2, "int")));
    lab.write("broken", "-- Revision ID: a b\n-- migrate:up\n");
    lab.write("nothing", "SELECT 1;\n");
    lab.write("orphan", "-- Revision ID: orphan\n-- Revises: gone\n-- migrate:up\n");
    fs::write(lab.root.path().join("migrations/elsewhere"), revision(3, "int")).expect("writable");
    // What comes behind a link is perhaps reached over it.
    symlink("../elsewhere", lab.path("s")).expect("writable");
    lab.write("t", &revision(4, "int"));
    for file in ["limbeck.toml", "script.sql", "schema.sql"] {
        fs::write(lab.root.path().join("migrations").join(file), "").expect("writable");
    }
    lab.call();
    let bytes = lab.place().read().expect("two are sound");
    let build = Build::this().expect("a test is a program too");
    let table = Table::read(&bytes, &build).expect("it is whole");
    let paths: Vec<_> = table.entries.iter().map(|entry| entry.path).collect();
    assert_eq!(paths, ["versions/r000.sql", "versions/r001.sql"]);
    assert_eq!(lab.call(), 2);
}

#[test]
fn nothing_is_written_where_nothing_is_new() {
    let lab = Lab::chain(3);
    lab.call();
    let written = || {
        fs::read_dir(lab.root.path().join("cache/limbeck/remembered"))
            .expect("it is there")
            .map(|entry| Stamp::of(&entry.expect("readable").path()))
            .collect::<Vec<_>>()
    };
    let before = written();
    thread::sleep(TICK);
    lab.call();
    lab.after(|lab| fs::remove_file(lab.path("r002")).expect("it is there"));
    assert_eq!(written(), before);
    lab.after(|lab| lab.write("r001", &revision(1, "int")));
    assert_ne!(written(), before);
}

#[test]
fn a_small_change_of_a_large_project_waits_to_be_written() {
    let lab = Lab::chain(250);
    lab.call();
    let edit = |number: usize| move |lab: &Lab| lab.write(&format!("r{number:03}"), &revision(number, "int"));
    assert_eq!(lab.after(edit(1)), 249);
    assert_eq!(lab.after(edit(2)), 248, "the first is read again");
    assert_eq!(lab.after(edit(3)), 247, "three are more than one in a hundred");
    assert_eq!(lab.call(), 250);
    lab.after(edit(1));
    let place = lab.place();
    assert!(place.written_within(PAUSE));
    let [file] =
        &fs::read_dir(lab.root.path().join("cache/limbeck/remembered")).expect("it is there").collect::<Vec<_>>()[..]
    else {
        panic!("one memory");
    };
    let file = fs::File::options().write(true).open(file.as_ref().expect("readable").path()).expect("it is ours");
    file.set_modified(SystemTime::now() - 2 * PAUSE).expect("it is ours");
    assert_eq!(lab.call(), 249, "a minute later");
    assert_eq!(lab.call(), 250);
}

#[test]
fn a_directory_is_remembered_by_whatever_way_it_is_reached() {
    let lab = Lab::chain(2);
    let link = lab.root.path().join("link");
    symlink(lab.root.path().join("migrations"), &link).expect("writable");
    let roots: Vec<_> = [lab.root.path().join("migrations"), link.clone(), link.join("versions/..")]
        .iter()
        .map(|path| Directory::open(path).expect("it is there").list().root().map(std::path::Path::to_path_buf))
        .collect();
    assert!(roots[0].is_some() && roots.iter().all(|root| *root == roots[0]), "{roots:?}");
    lab.call();
    let build = Build::this().expect("a test is a program too");
    let list = Directory::open(&link).expect("it is there").list();
    let (project, memory) = super::load_at(&list, lab.place(), build, later());
    assert_eq!(told(&project), told(&load_anew(&lab.directory())));
    assert_eq!(memory.kept.map(|kept| kept.hold), Some(vec![true, true]));
}

#[test]
fn a_damaged_memory_is_as_good_as_none() {
    let lab = Lab::chain(2);
    lab.call();
    let whole = lab.place().read().expect("it was written");
    for damaged in [&whole[..whole.len() / 2], &[], b"nonsense", &[&whole[..], b" "].concat()] {
        lab.place().write(damaged).expect("writable");
        assert_eq!(lab.call(), 0);
        assert_eq!(lab.call(), 2, "it was mended");
    }
}

#[test]
fn sound_plans_are_remembered_newest_first_and_not_for_ever() {
    let lab = Lab::chain(1);
    let note = |judgement: &str| {
        let (project, memory, _) = lab.load_at(later());
        assert_eq!(memory.cuts(judgement), None);
        memory.note_cuts(judgement, &[]);
        assert_eq!(memory.cuts(judgement), Some(Vec::new()));
        memory.keep(&project);
    };
    let is_sound = |judgement: &str| lab.load_at(later()).1.cuts(judgement).is_some();
    for number in 0..MOST_PLANS {
        note(&number.to_string());
    }
    assert!(is_sound("0") && is_sound(&(MOST_PLANS - 1).to_string()));
    note("one more");
    assert!(is_sound("one more") && is_sound("1") && !is_sound("0"));
    assert_eq!(Memory::none().cuts("one more"), None);
}

/// What somebody does to a directory between two calls.
#[derive(Debug, Clone)]
enum Change {
    /// Writes a revision in some file, of a type that makes it as long as another.
    Write(usize, usize, &'static str),
    /// Writes something else.
    Spoil(usize, &'static str),
    Remove(usize),
    Rename(usize, usize),
    /// Turns a file into a link to another.
    Link(usize, usize),
    Touch(usize),
    /// Damages the memory at this part of its length.
    Damage(f64),
}

fn change() -> impl Strategy<Value = Change> {
    let file = || 0..6_usize;
    prop_oneof![
        6 => (file(), file(), prop_oneof![Just("bigint"), Just("double"), Just("int")]).prop_map(|(file, number, kind)| Change::Write(file, number, kind)),
        2 => (file(), prop_oneof![Just(""), Just("\0"), Just("-- Revision ID: x\n-- Revises: x\n-- migrate:up\nVACUUM;\n"), Just("-- migrate:up\n")]).prop_map(|(file, text)| Change::Spoil(file, text)),
        2 => file().prop_map(Change::Remove),
        2 => (file(), file()).prop_map(|(from, to)| Change::Rename(from, to)),
        1 => (file(), file()).prop_map(|(from, to)| Change::Link(from, to)),
        1 => file().prop_map(Change::Touch),
        1 => (0.0..1.0).prop_map(Change::Damage),
    ]
}

impl Lab {
    fn apply(&self, change: &Change) {
        let path = |file: &usize| self.path(&format!("f{file}"));
        // What is not there cannot be changed; then nothing is.
        let _ = match change {
            Change::Write(file, number, kind) => fs::write(path(file), revision(*number, kind)),
            Change::Spoil(file, text) => fs::write(path(file), text),
            Change::Remove(file) => fs::remove_file(path(file)),
            Change::Rename(from, to) => fs::rename(path(from), path(to)),
            Change::Link(from, to) => fs::remove_file(path(from)).and_then(|()| symlink(path(to), path(from))),
            Change::Touch(file) => fs::File::options()
                .write(true)
                .open(path(file))
                .and_then(|file| file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000))),
            Change::Damage(part) => {
                let mut bytes = self.place().read().unwrap_or_default();
                let at = (bytes.len() as f64 * part) as usize;
                bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1);
                self.place().write(&bytes)
            }
        };
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_changes_the_answer_is_that_of_who_remembers_nothing(
        calls in prop::collection::vec(prop::collection::vec(change(), 0..4), 1..6)
    ) {
        let lab = Lab::chain(0);
        for changes in &calls {
            lab.after(|lab| changes.iter().for_each(|change| lab.apply(change)));
        }
    }
}
