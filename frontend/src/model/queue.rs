//! Latest wins: at most one question is with the worker, and of those behind it only the newest waits.

/// Questions of one kind on their way to the worker.
#[derive(Debug)]
pub struct Queue<Q> {
    in_flight: Option<u64>,
    waiting: Option<(u64, Q)>,
    newest: u64,
}

impl<Q> Default for Queue<Q> {
    fn default() -> Self {
        Self { in_flight: None, waiting: None, newest: 0 }
    }
}

impl<Q> Queue<Q> {
    /// Takes a question under a number that grows from question to question; returns what to send now.
    pub fn ask(&mut self, id: u64, question: Q) -> Option<(u64, Q)> {
        self.newest = id;
        if self.in_flight.is_some() {
            self.waiting = Some((id, question));
            return None;
        }
        self.in_flight = Some(id);
        Some((id, question))
    }

    /// Takes note of an answer; returns whether anybody still wants it, and what to send next.
    pub fn answered(&mut self, id: u64) -> (bool, Option<(u64, Q)>) {
        if self.in_flight != Some(id) {
            return (false, None);
        }
        let next = self.waiting.take();
        self.in_flight = next.as_ref().map(|(id, _)| *id);
        (id == self.newest, next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_lone_question_goes_out_and_its_answer_is_wanted() {
        let mut queue = Queue::default();
        assert_eq!(queue.ask(1, "a"), Some((1, "a")));
        assert_eq!(queue.answered(1), (true, None));
        assert_eq!(queue.ask(2, "b"), Some((2, "b")));
    }

    #[test]
    fn of_many_questions_only_the_first_and_the_newest_are_sent_and_only_the_newest_counts() {
        let mut queue = Queue::default();
        assert_eq!(queue.ask(1, "a"), Some((1, "a")));
        assert_eq!(queue.ask(2, "b"), None);
        assert_eq!(queue.ask(3, "c"), None);
        assert_eq!(queue.answered(1), (false, Some((3, "c"))));
        assert_eq!(queue.answered(3), (true, None));
    }

    #[test]
    fn an_answer_that_nobody_asked_for_changes_nothing() {
        let mut queue = Queue::default();
        assert_eq!(queue.ask(1, "a"), Some((1, "a")));
        assert_eq!(queue.answered(7), (false, None));
        assert_eq!(queue.answered(1), (true, None));
    }
}
